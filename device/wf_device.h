/* device/wf_device.h: what every file of the device library starts from. */

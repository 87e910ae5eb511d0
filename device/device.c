/* device/device.c: the device library compiled by the C compiler, as ordinary functions (declared in
 * wf_device_c.h). Built with -ffp-contract=off -fno-builtin: the same operations in the same order as on
 * every device. */
#define WF_DEVICE /* external linkage */
#define WF_INNER static
#include "wf_device_c.h"
#include "wf_device_all.h"

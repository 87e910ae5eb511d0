/* device/words.h: the two words of a double, and averages of integers whose sum may not fit. */
#ifndef WF_WORDS_H
#define WF_WORDS_H
#include "wf_device.h"

WF_DEVICE int wf_double2hiint(double x) { return (int)(unsigned int)(wf_double_bits(x) >> 32); }
WF_DEVICE int wf_double2loint(double x) { return (int)(unsigned int)wf_double_bits(x); }
WF_DEVICE double wf_hiloint2double(int high, int low) {
    return wf_bits_double((unsigned long long)(unsigned int)high << 32 | (unsigned int)low);
}
/* (a + b) / 2 rounded down; the functions with an r round up. */
WF_DEVICE int wf_average(int a, int b) { return (int)(((long long)a + b) >> 1); }
WF_DEVICE int wf_raverage(int a, int b) { return (int)(((long long)a + b + 1) >> 1); }
WF_DEVICE unsigned int wf_uaverage(unsigned int a, unsigned int b) {
    return (unsigned int)(((unsigned long long)a + b) >> 1);
}
WF_DEVICE unsigned int wf_uraverage(unsigned int a, unsigned int b) {
    return (unsigned int)(((unsigned long long)a + b + 1) >> 1);
}
#endif

/* device/wf_device_all.h: the whole device library in one include, for the C compiler.
 *
 * device.c makes ordinary functions of it. A C file that wants them inlined into its own loops (and
 * vectorised for the instruction set that it is compiled for) includes this file itself; it must be compiled
 * with -ffp-contract=off. */
#ifndef WF_DEVICE_ALL_H
#define WF_DEVICE_ALL_H
#include "f32_exp.h"
#include "f64_exp.h"
#include "f32_log.h"
#include "f64_log.h"
#include "f32_trig.h"
#include "f64_trig.h"
#include "f32_atrig.h"
#include "f64_atrig.h"
#include "f32_hyper.h"
#include "f64_hyper.h"
#include "f32_pow.h"
#include "f64_pow.h"
#include "f32_root.h"
#include "f64_root.h"
#include "f32_round.h"
#include "f64_round.h"
#include "directed.h"
#include "words.h"
#include "f32_erf.h"
#include "f64_erf.h"
#include "f32_erfinv.h"
#include "f64_erfinv.h"
#include "f32_gamma.h"
#include "f64_gamma.h"
#include "f32_bessel.h"
#include "f64_bessel.h"
#include "f32_exact.h"
#include "f32_fast.h"
#include "f16_exact.h"
#include "half.h"
#include "elements.h"
#include "complex64.h"
#include "complex128.h"
#include "random.h"
#include "random_dist.h"
#include "random_engines.h"
#endif

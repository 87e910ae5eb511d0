/* round_trip.h: a unit is a tree by the rules, and its print reads back to an equal one. */
#ifndef WF_TESTS_ROUND_TRIP_H
#define WF_TESTS_ROUND_TRIP_H
#include "check.h"
#include "cudac/cudac.h"

static inline void check_round_trip(const wf_unit *u, const char *name) {
    wf_text text, why;
    wf_error err;
    wf_unit *again = NULL;
    wf_error_clear(&err);
    wf_text_init(&text, NULL);
    wf_text_init(&why, NULL);
    CHECK_MESSAGE(wf_unit_verify(u, &err) == WF_OK, "%s: %s", name, err.message);
    wf_print_unit(u, &text);
    wf_cudac_options options = {.file_name = "printed.cu"};
    wf_status status = wf_cudac_compile(text.data, text.length, &options, &again, &err);
    CHECK_MESSAGE(status == WF_OK, "%s: %s", name, err.message);
    if (status == WF_OK) {
        CHECK_MESSAGE(wf_unit_verify(again, &err) == WF_OK, "%s: %s", name, err.message);
        CHECK_MESSAGE(wf_unit_equal(u, again, &why), "%s: %s", name, why.data);
        CHECK_MESSAGE(wf_unit_equal(again, u, NULL), "%s", name);
    }
    wf_unit_free(again);
    wf_text_free(&text);
    wf_text_free(&why);
}
#endif

/* python/pyfunc_reading.c: one thread at a time reads and types Python functions, and one compiles each.
 *
 * While a function is typed, Python answers questions (weft._pyresolve), and a thread that asks gives the
 * interpreter to the others. An answer is asked for again in each run until the types settle, and must be the
 * same object each time; so what Python keeps of a function (its source, what it calls, the answers) is made
 * under one lock. It may be entered again by the thread that has it: an answer may compile another function.
 * What LLVM does then is done without it, so that threads compile their functions side by side.
 *
 * A function has a lock of its own, so that threads which call it for the first time at once wait for the
 * first one's work. It is taken before the other one, never by a thread that has that. */
#include "python/pyfunc.h"
#include "base/system.h"

static PyObject *lock_new(void) {
    PyObject *module = PyImport_ImportModule("_thread");
    PyObject *lock = module ? PyObject_CallMethod(module, "RLock", NULL) : NULL;
    Py_XDECREF(module);
    return lock;
}

/* 0, or -1 with an exception: Ctrl-C ends the wait. */
static int lock_enter(PyObject *lock) {
    PyObject *done = PyObject_CallMethod(lock, "acquire", NULL);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

/* An exception that is set stays. */
static void lock_leave(PyObject *lock) {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *done = PyObject_CallMethod(lock, "release", NULL);
    if (!done) PyErr_Clear(); /* a child that forked within, whose lock is new */
    Py_XDECREF(done);
    PyErr_Restore(type, value, traceback);
}

int wf_py_reading_init(void) { return (wf_py->reading = lock_new()) ? 0 : -1; }
int wf_py_reading_enter(void) { return lock_enter(wf_py->reading); }
void wf_py_reading_leave(void) { lock_leave(wf_py->reading); }

static int is_reading(void) {
    PyObject *own = PyObject_CallMethod(wf_py->reading, "_is_owned", NULL);
    int yes = own ? PyObject_IsTrue(own) : -1;
    Py_XDECREF(own);
    return yes;
}

/* 1: entered; 0: this thread reads, and need not; -1: an exception. */
int wf_py_making_enter(wf_py_function *self) {
    int reading = is_reading();
    if (reading) return reading < 0 ? -1 : 0;
    if (!self->making || self->making_process != wf_process_id()) { /* that of a parent may be held forever */
        PyObject *lock = lock_new();
        if (!lock) return -1;
        if (self->making && self->making_process == wf_process_id()) Py_DECREF(lock); /* another thread's */
        else Py_XSETREF(self->making, lock);
        self->making_process = wf_process_id();
    }
    return lock_enter(self->making) < 0 ? -1 : 1;
}

void wf_py_making_leave(wf_py_function *self, int entered) {
    if (entered > 0) lock_leave(self->making);
}

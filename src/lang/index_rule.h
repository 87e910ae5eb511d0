/* lang/index_rule.h: what __wf_index(i, n, axis) and __wf_checked do outside of 0 … n - 1. By themselves they
 * report it, and become an index that no array has, which the access itself refuses. With this added to the
 * axis they raise IndexError: where the access is not checked, as that of memory which a host function made.
 */
#ifndef WF_LANG_INDEX_RULE_H
#define WF_LANG_INDEX_RULE_H
enum { WF_INDEX_RAISES = 256 };
#endif

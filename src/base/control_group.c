/* base/control_group.c: reads the limits of the control groups that this process is in.
 *
 * /proc/self/cgroup has a line for each hierarchy, "number:controllers:path"; version 2 has one, without
 * controllers. A limit may stand at any group from there up to the root, and the smallest holds. Inside a
 * container the path may be the host's while the files of the container's own group are mounted at the top,
 * so the top is asked in any case; a path that is not there is no limit. */
#include "base/control_group.h"
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 1024 };

/* Up to two numbers of a file: how many there are. "max" and "-1" are none. */
static int numbers(const char *path, unsigned long long value[2]) {
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    char text[64] = "";
    int found = fgets(text, sizeof text, file) && text[0] != '-'
                    ? sscanf(text, "%llu %llu", &value[0], &value[1])
                    : 0;
    fclose(file);
    return found < 0 ? 0 : found;
}

/* Bytes that hold copies of files: the system takes them back before it refuses memory. */
static unsigned long long file_bytes(const char *folder, int version) {
    char path[PATH_BYTES + 64], line[128], name[64];
    unsigned long long value, sum = 0;
    snprintf(path, sizeof path, "%s/memory.stat", folder);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "%63s %llu", name, &value) == 2) {
            const char *plain = version == 1 && !strncmp(name, "total_", 6) ? name + 6
                                : version == 1                              ? ""
                                                                            : name;
            if (!strcmp(plain, "inactive_file") || !strcmp(plain, "active_file")) sum += value;
        }
    if (file) fclose(file);
    return sum;
}

static unsigned long long used_bytes(const char *folder, int version) {
    char path[PATH_BYTES + 64];
    unsigned long long value[2];
    snprintf(path, sizeof path, "%s/%s", folder, version == 2 ? "memory.current" : "memory.usage_in_bytes");
    if (!numbers(path, value)) return 0;
    unsigned long long files = file_bytes(folder, version);
    return value[0] > files ? value[0] - files : 0;
}

static void limit_memory(wf_group_limits *limits, const char *folder, int version) {
    char path[PATH_BYTES + 64];
    unsigned long long value[2];
    snprintf(path, sizeof path, "%s/%s", folder, version == 2 ? "memory.max" : "memory.limit_in_bytes");
    if (!numbers(path, value) || !value[0] || value[0] >> 60)
        return; /* version 1 writes "none" as nearly 2^63 */
    unsigned long long used = used_bytes(folder, version), left = value[0] > used ? value[0] - used : 1;
    if (!limits->memory || left < limits->memory_left) limits->memory_left = left;
    if (!limits->memory || value[0] < limits->memory) limits->memory = value[0];
}

static void limit_cpus(wf_group_limits *limits, unsigned long long quota, unsigned long long period) {
    if (!quota || !period) return;
    double cpus = (double)quota / (double)period;
    if (!limits->cpus || cpus < limits->cpus) limits->cpus = cpus;
}

static void limit_cpus_1(wf_group_limits *limits, const char *folder) {
    char path[PATH_BYTES + 64];
    unsigned long long quota[2], period[2];
    snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
    if (!numbers(path, quota)) return;
    snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
    if (numbers(path, period)) limit_cpus(limits, quota[0], period[0]);
}

static void limit_cpus_2(wf_group_limits *limits, const char *folder) {
    char path[PATH_BYTES + 64];
    unsigned long long value[2];
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (numbers(path, value) == 2) limit_cpus(limits, value[0], value[1]);
}

/* The group at `top` + `group` and all above it, `top` itself too. memory, cpu: which controllers it has. */
static void upwards(wf_group_limits *limits, const char *top, const char *group, int memory, int cpu,
                    int version) {
    char folder[PATH_BYTES];
    size_t least = strlen(top);
    if (snprintf(folder, sizeof folder, "%s%s", top, strstr(group, "/..") ? "" : group) >= PATH_BYTES) return;
    for (size_t length = strlen(folder);; length--) {
        if (folder[length] == '/' || !folder[length]) {
            folder[length] = 0;
            if (memory) limit_memory(limits, folder, version);
            if (cpu && version == 2) limit_cpus_2(limits, folder);
            if (cpu && version == 1) limit_cpus_1(limits, folder);
        }
        if (length <= least) return;
    }
}

static int has_controller(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)); at += length)
        if ((at == list || at[-1] == ',') && (!at[length] || at[length] == ',')) return 1;
    return 0;
}

void wf_group_limits_read(const char *root, wf_group_limits *limits) {
    char path[PATH_BYTES], line[PATH_BYTES];
    *limits = (wf_group_limits){0, 0, 0};
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        char *list = strchr(line, ':'), *group = list ? strchr(list + 1, ':') : NULL;
        if (!group) continue;
        *group++ = 0;
        list++;
        snprintf(path, sizeof path, "%s/sys/fs/cgroup", root);
        if (!*list) upwards(limits, path, group, 1, 1, 2);
        snprintf(path, sizeof path, "%s/sys/fs/cgroup/memory", root);
        if (has_controller(list, "memory")) upwards(limits, path, group, 1, 0, 1);
        snprintf(path, sizeof path, "%s/sys/fs/cgroup/cpu", root);
        if (has_controller(list, "cpu")) upwards(limits, path, group, 0, 1, 1);
    }
    if (file) fclose(file);
}

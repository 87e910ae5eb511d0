/* test_control_group.c: limits of control groups, from files as both versions of them write. */
#include "base/control_group.h"
#include "check.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char root[64];

/* Writes a file below the root, with the folders to it. */
static void put(const char *name, const char *text) {
    char path[512];
    snprintf(path, sizeof path, "%s%s", root, name);
    for (char *at = path + strlen(root) + 1; *at; at++) {
        if (*at != '/') continue;
        *at = 0;
        mkdir(path, 0700);
        *at = '/';
    }
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    if (file) fputs(text, file), fclose(file);
}

static wf_group_limits look(void) {
    wf_group_limits limits = {1, 1, 1};
    wf_group_limits_read(root, &limits);
    return limits;
}

static void begin(void) {
    strcpy(root, "/tmp/weft-groups-XXXXXX");
    CHECK(mkdtemp(root) != NULL);
}

static void end(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", root);
    CHECK(!system(command));
}

static void nothing_there(void) {
    begin();
    CHECK(look().memory == 0 && look().cpus == 0);
    put("/proc/self/cgroup", "nonsense\n0::\n::\n7:memory\n");
    CHECK(look().memory == 0 && look().cpus == 0);
    end();
}

static void version_2(void) {
    begin();
    put("/proc/self/cgroup", "0::/user.slice/job.scope\n");
    put("/sys/fs/cgroup/user.slice/memory.max", "8589934592\n");
    put("/sys/fs/cgroup/user.slice/job.scope/memory.max", "max\n");
    put("/sys/fs/cgroup/user.slice/job.scope/cpu.max", "150000 100000\n");
    CHECK(look().memory == 8589934592 && look().cpus == 1.5);
    put("/sys/fs/cgroup/user.slice/job.scope/memory.max", "1073741824\n"); /* the smallest holds */
    put("/sys/fs/cgroup/cpu.max", "max 100000\n");
    CHECK(look().memory == 1073741824 && look().cpus == 1.5);
    end();
    begin(); /* in a container: the path is the host's, the files are at the top */
    put("/proc/self/cgroup", "0::/../../docker/0123\n");
    put("/sys/fs/cgroup/memory.max", "2147483648\n");
    put("/sys/fs/cgroup/cpu.max", "200000 100000\n");
    CHECK(look().memory == 2147483648 && look().cpus == 2);
    end();
}

static void version_1(void) {
    begin();
    put("/proc/self/cgroup", "9:cpu,cpuacct:/docker/ab\n4:memory:/docker/ab\n3:cpuset:/docker/ab\n0::/\n");
    put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"); /* none */
    CHECK(look().memory == 0 && look().cpus == 0);
    put("/sys/fs/cgroup/memory/docker/ab/memory.limit_in_bytes", "536870912\n");
    put("/sys/fs/cgroup/cpu/docker/ab/cpu.cfs_quota_us", "-1\n");
    put("/sys/fs/cgroup/cpu/docker/ab/cpu.cfs_period_us", "100000\n");
    CHECK(look().memory == 536870912 && look().cpus == 0);
    put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
    put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    CHECK(look().cpus == 0.5);
    end();
}

static void memory_that_is_left(void) {
    begin();
    put("/proc/self/cgroup", "0::/job\n");
    put("/sys/fs/cgroup/job/memory.max", "1000000\n");
    CHECK(look().memory_left == 1000000); /* nothing is known of its use */
    put("/sys/fs/cgroup/job/memory.current", "700000\n");
    put("/sys/fs/cgroup/job/memory.stat",
        "anon 500000\nfile 200000\ninactive_file 150000\nactive_file 50000\n");
    CHECK(look().memory == 1000000 && look().memory_left == 500000);
    put("/sys/fs/cgroup/memory.max", "2000000\n"); /* a larger limit above, of which less is left */
    put("/sys/fs/cgroup/memory.current", "1900000\n");
    CHECK(look().memory == 1000000 && look().memory_left == 100000);
    put("/sys/fs/cgroup/memory.current", "2000000\n");
    CHECK(look().memory_left == 1); /* 0 would say that there is no limit */
    end();
    begin();
    put("/proc/self/cgroup", "4:memory:/job\n");
    put("/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "1000000\n");
    put("/sys/fs/cgroup/memory/job/memory.usage_in_bytes", "800000\n");
    put("/sys/fs/cgroup/memory/job/memory.stat",
        "inactive_file 7\ntotal_inactive_file 100000\ntotal_active_file 0\n");
    CHECK(look().memory_left == 300000);
    end();
}

int main(void) {
    nothing_there();
    memory_that_is_left();
    version_2();
    version_1();
    return check_report("control_group");
}

/* A slow link between two network namespaces: what goes into one TUN device comes out of the
 * other, at a rate and after a delay. Real TCP runs over it, with its round trips and windows.
 *
 *   tundelay NAMESPACE NAMESPACE ONE_WAY_MS MBIT_PER_S QUEUE_MB
 *
 * Makes a device `slow` in each namespace, prints "ready", and runs until its parent ends.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PACKET = 65536 };

struct packet {
    struct packet *next;
    long long due; /* nanoseconds of CLOCK_MONOTONIC */
    size_t length;
    char bytes[];
};

struct way {
    int from, to;
    double ns_per_byte;
    long long delay_ns;
    size_t most_queued; /* bytes; what comes beyond is dropped, as a router would */
};

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int open_device(const char *namespace) {
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", namespace);
    int place = open(path, O_RDONLY | O_CLOEXEC);
    if (place < 0 || setns(place, CLONE_NEWNET) != 0) err(1, "%s", path);
    close(place);
    int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (device < 0) err(1, "/dev/net/tun");
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    strcpy(request.ifr_name, "slow");
    if (ioctl(device, TUNSETIFF, &request) != 0) err(1, "TUNSETIFF");
    return device;
}

static void *carry(void *argument) {
    const struct way *way = argument;
    struct packet *first = NULL, **last = &first;
    size_t queued = 0;
    long long busy_until = 0;
    static _Thread_local char buffer[MOST_PACKET];
    for (;;) {
        /* Packets on their way out, then packets on their way in, then sleep. */
        for (; first != NULL && first->due <= now();) {
            struct packet *packet = first;
            /* What a device does not take is lost, as on any wire. */
            if (write(way->to, packet->bytes, packet->length) < 0 && errno == EBADFD) exit(1);
            queued -= packet->length;
            first = packet->next;
            if (first == NULL) last = &first;
            free(packet);
        }
        ssize_t length = read(way->from, buffer, sizeof buffer);
        if (length < 0 && errno == EBADFD) exit(1); /* the namespace is gone */
        if (length > 0) {
            if (queued + length > way->most_queued) continue;
            struct packet *packet = malloc(sizeof *packet + length);
            if (packet == NULL) err(1, "malloc");
            long long start = now();
            if (start < busy_until) start = busy_until;
            busy_until = start + (long long)(length * way->ns_per_byte);
            *packet = (struct packet){.due = busy_until + way->delay_ns, .length = length};
            memcpy(packet->bytes, buffer, length);
            *last = packet;
            last = &packet->next;
            queued += length;
            continue;
        }
        struct pollfd incoming = {.fd = way->from, .events = POLLIN};
        struct timespec wait = {0, 0};
        if (first != NULL) {
            long long left = first->due - now();
            if (left <= 0) continue;
            wait.tv_sec = left / 1000000000LL;
            wait.tv_nsec = left % 1000000000LL;
        }
        ppoll(&incoming, 1, first != NULL ? &wait : NULL, NULL);
    }
}

int main(int count, char **words) {
    if (count != 6) errx(2, "NAMESPACE NAMESPACE ONE_WAY_MS MBIT_PER_S QUEUE_MB");
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    prctl(PR_SET_TIMERSLACK, 1000); /* nanoseconds */
    int near = open_device(words[1]), far = open_device(words[2]);
    struct way there = {
        .from = near,
        .to = far,
        .ns_per_byte = 8000.0 / atof(words[4]),
        .delay_ns = (long long)(atof(words[3]) * 1e6),
        .most_queued = (size_t)atol(words[5]) << 20,
    };
    struct way back = there;
    back.from = far;
    back.to = near;
    pthread_t thread;
    if (pthread_create(&thread, NULL, carry, &there) != 0) errx(1, "pthread_create");
    puts("ready");
    fflush(stdout);
    carry(&back);
    return 1;
}

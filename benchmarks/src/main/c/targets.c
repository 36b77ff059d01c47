/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The targets: an NBD export through libnbd's asynchronous calls, and a file through positional calls, the floor.
 */
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <libnbd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* One request in flight. */
struct slot {
  struct load *load;
  void *buffer;
  uint64_t issued;
  bool busy;
  bool flush;
};

struct load {
  const struct job *job;
  struct outcome *outcome;
  struct nbd_handle *nbd;
  uint64_t start;
  uint64_t deadline; /* 0: none */
  uint64_t last_ack;
  uint64_t next; /* number of the next request */
  uint64_t since_flush;
  unsigned in_flight;
  struct slot slot[DEPTH_MAX];
};

static void begin(struct load *load, const struct job *job, struct outcome *outcome) {
  memset(load, 0, sizeof *load);
  load->job = job;
  load->outcome = outcome;
  for (unsigned i = 0; i < job->depth; i++) {
    load->slot[i].load = load;
    load->slot[i].buffer = aligned_alloc(PIECE_BYTES, job->request_bytes);
    if (load->slot[i].buffer == NULL) die("no memory for %u buffers", job->depth);
    memset(load->slot[i].buffer, 0, job->request_bytes);
  }
  usage_now(job, &outcome->began);
  load->start = now_nanos();
  load->last_ack = load->start;
  if (job->seconds > 0) load->deadline = load->start + (uint64_t)(job->seconds * (double)NANOS_PER_SECOND);
}

static bool more(const struct load *load) {
  if (load->job->requests != 0 && load->next >= load->job->requests) return false;
  return load->deadline == 0 || now_nanos() < load->deadline;
}

static void acknowledged(struct load *load, const struct slot *slot) {
  uint64_t now = now_nanos();
  load->last_ack = now;
  if (slot->flush) {
    load->outcome->flushes++;
    return;
  }
  load->outcome->requests++;
  histogram_add(&load->outcome->latency, now - slot->issued);
  uint64_t second = (now - load->start) / NANOS_PER_SECOND;
  if (second >= SECONDS_MAX) second = SECONDS_MAX - 1;
  load->outcome->series.second[second]++;
  if (second >= load->outcome->series.used) load->outcome->series.used = (unsigned)second + 1;
}

static bool flush_is_due(const struct load *load) {
  return load->job->flush_every != 0 && load->since_flush >= load->job->flush_every;
}

static void ended(struct load *load) {
  for (unsigned i = 0; i < load->job->depth; i++) free(load->slot[i].buffer);
}

/* ---- NBD ---- */

static int completed(void *user_data, int *error) {
  struct slot *slot = user_data;
  if (*error != 0) die("a request failed: %s", strerror(*error));
  acknowledged(slot->load, slot);
  slot->busy = false;
  slot->load->in_flight--;
  return 1; /* libnbd forgets the request */
}

static void issue(struct load *load, struct slot *slot) {
  const struct job *job = load->job;
  nbd_completion_callback done = {.callback = completed, .user_data = slot};
  int64_t cookie;
  slot->busy = true;
  slot->flush = flush_is_due(load);
  load->in_flight++;
  if (slot->flush) {
    load->since_flush = 0;
    slot->issued = now_nanos();
    cookie = nbd_aio_flush(load->nbd, done, 0);
  } else {
    uint64_t offset = place_of(job, load->next++);
    if (job->operation == OP_WRITE) {
      load->since_flush++;
      fill(job, slot->buffer, offset);
      slot->issued = now_nanos();
      cookie = nbd_aio_pwrite(load->nbd, slot->buffer, job->request_bytes, offset, done,
                              job->fua ? LIBNBD_CMD_FLAG_FUA : 0);
    } else {
      slot->issued = now_nanos();
      cookie = nbd_aio_pread(load->nbd, slot->buffer, job->request_bytes, offset, done, 0);
    }
  }
  if (cookie == -1) die("%s", nbd_get_error());
}

/* Returns whether the next request may go: at once, or when its turn comes at the rate that was asked for. */
static bool due(const struct load *load) {
  if (load->job->rate == 0) return true;
  double seconds = (double)(now_nanos() - load->start) / (double)NANOS_PER_SECOND;
  return (double)load->next <= seconds * (double)load->job->rate;
}

void run_nbd(const struct job *job, struct outcome *outcome) {
  static struct load load;
  struct nbd_handle *nbd = nbd_create();
  if (nbd == NULL || nbd_set_strict_mode(nbd, 0) == -1 || nbd_connect_uri(nbd, job->uri) == -1) {
    die("%s: %s", job->uri, nbd_get_error());
  }
  begin(&load, job, outcome);
  load.nbd = nbd;
  bool going = true;
  while (going || load.in_flight > 0) {
    /* A server may answer within the call that sends the request, so the slots are looked at afresh each time. */
    for (unsigned i = 0; i < job->depth && load.in_flight < job->depth; i++) {
      if (load.slot[i].busy) continue;
      going = going && more(&load);
      if (!going || !due(&load)) break;
      issue(&load, &load.slot[i]);
    }
    if (load.in_flight == 0 && !going) break;
    if (nbd_poll(nbd, job->rate == 0 ? -1 : 1) == -1) die("%s", nbd_get_error());
  }
  usage_now(job, &outcome->acknowledged);
  outcome->ack_nanos = load.last_ack - load.start;
  if (job->operation == OP_WRITE && nbd_can_flush(nbd) == 1 && nbd_flush(nbd, 0) == -1) die("%s", nbd_get_error());
  outcome->durable_nanos = job->operation == OP_WRITE ? now_nanos() - load.start : outcome->ack_nanos;
  usage_now(job, &outcome->durable);
  nbd_shutdown(nbd, 0);
  nbd_close(nbd);
  ended(&load);
}

/* ---- a file ---- */

static void whole(ssize_t moved, const struct job *job, const char *what) {
  if (moved < 0) die("%s: %s failed: %s", job->file, what, strerror(errno));
  if ((uint64_t)moved != job->request_bytes) die("%s: %s moved %zd bytes", job->file, what, moved);
}

static void force(int file, const struct job *job) {
  if (fdatasync(file) != 0) die("%s: fdatasync failed: %s", job->file, strerror(errno));
}

void run_file(const struct job *job, struct outcome *outcome) {
  static struct load load;
  int file = open(job->file, O_RDWR | O_CLOEXEC);
  if (file < 0) die("%s: %s", job->file, strerror(errno));
  begin(&load, job, outcome);
  struct slot *slot = &load.slot[0];
  while (more(&load)) {
    uint64_t offset = place_of(job, load.next++);
    slot->flush = false;
    if (job->operation == OP_WRITE) {
      fill(job, slot->buffer, offset);
      struct iovec part = {.iov_base = slot->buffer, .iov_len = job->request_bytes};
      slot->issued = now_nanos();
      whole(pwritev2(file, &part, 1, (off_t)offset, job->fua ? RWF_DSYNC : 0), job, "pwritev2");
      load.since_flush++;
    } else {
      slot->issued = now_nanos();
      whole(pread(file, slot->buffer, job->request_bytes, (off_t)offset), job, "pread");
    }
    acknowledged(&load, slot);
    if (flush_is_due(&load)) {
      force(file, job);
      load.since_flush = 0;
      slot->flush = true;
      acknowledged(&load, slot);
    }
  }
  usage_now(job, &outcome->acknowledged);
  outcome->ack_nanos = load.last_ack - load.start;
  if (job->operation == OP_WRITE) force(file, job);
  outcome->durable_nanos = job->operation == OP_WRITE ? now_nanos() - load.start : outcome->ack_nanos;
  usage_now(job, &outcome->durable);
  close(file);
  ended(&load);
}

/*
 * Brings a file into the page cache in single pages: what was read ahead or written in large pieces lies there in large
 * folios, and a small write into one of those costs several times as much. Dirty pages must have been written back.
 */
void run_warm(const struct job *job) {
  enum { CHUNK_BYTES = 1 << 20 };
  int file = open(job->file, O_RDONLY | O_CLOEXEC);
  char *buffer = malloc(CHUNK_BYTES);
  if (file < 0 || buffer == NULL) die("%s: %s", job->file, strerror(errno));
  if (posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0 || posix_fadvise(file, 0, 0, POSIX_FADV_RANDOM) != 0) {
    die("%s: takes no advice", job->file);
  }
  ssize_t moved;
  while ((moved = read(file, buffer, CHUNK_BYTES)) > 0) continue;
  if (moved < 0) die("%s: %s", job->file, strerror(errno));
  free(buffer);
  close(file);
}

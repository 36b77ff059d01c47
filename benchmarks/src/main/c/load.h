/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the load generator share. One thread owns everything.
 */
#ifndef GNOMON_LOAD_H
#define GNOMON_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PIECE_BYTES 4096u
#define DEPTH_MAX 256u
#define SERVERS_MAX 8u
#define NANOS_PER_SECOND 1000000000ull

enum operation { OP_WRITE, OP_READ };
enum pattern { PATTERN_ONCE, PATTERN_RANDOM, PATTERN_SEQUENTIAL };

/* What to do. Counts of 0 mean "no limit", except where it says otherwise. */
struct job {
  const char *uri;  /* an export, or NULL */
  const char *file; /* a file that is read and written directly, or NULL */
  enum operation operation;
  enum pattern pattern;
  uint64_t request_bytes;
  uint64_t size_bytes;  /* of the target; never 0 */
  uint64_t step_bytes;  /* one place in each step; never 0 */
  uint64_t within_step; /* where in its step a place begins */
  uint64_t places;      /* distinct places that are used again and again; never 0 */
  uint64_t requests;
  double seconds;
  unsigned depth;
  unsigned flush_every;
  bool fua;
  uint64_t tag; /* stands in every piece before its offset */
  uint64_t seed;
  uint64_t rate; /* requests a second, if they shall not go as fast as they can */
  unsigned pids; /* servers whose processor time is measured */
  int pid[SERVERS_MAX];
};

/* Latencies in buckets whose width is at most 1/64 of their value. */
#define HISTOGRAM_SUB_BITS 6
#define HISTOGRAM_BUCKETS ((64 - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS)
struct histogram {
  uint64_t count;
  uint64_t max;
  uint64_t bucket[HISTOGRAM_BUCKETS];
};
void histogram_add(struct histogram *histogram, uint64_t nanos);
/* Returns the least value of the bucket that the given part (0 to 1) of all values does not exceed. */
uint64_t histogram_quantile(const struct histogram *histogram, double part);

/* Processor time so far: of the servers, of this process, of the machine (ticks of /proc/stat). */
struct usage {
  uint64_t servers_nanos;
  uint64_t own_nanos;
  uint64_t busy_ticks;
  uint64_t stolen_ticks;
  uint64_t total_ticks;
};
void usage_now(const struct job *job, struct usage *usage);

/* Requests acknowledged in each second since the start; those after the last slot count in it. */
#define SECONDS_MAX 3600u
struct series {
  uint32_t second[SECONDS_MAX];
  unsigned used;
};

struct outcome {
  uint64_t requests;
  uint64_t flushes;
  uint64_t ack_nanos;     /* from the start to the last acknowledgement */
  uint64_t durable_nanos; /* the same, and one FLUSH */
  struct usage began, acknowledged, durable;
  struct histogram latency;
  struct series series;
};

/* Returns where request number `index` goes. */
uint64_t place_of(const struct job *job, uint64_t index);
/* Fills a buffer with what a write of this job has at an offset. */
void fill(const struct job *job, void *buffer, uint64_t offset);

uint64_t now_nanos(void);
/* Prints a message and ends the process. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

void run_nbd(const struct job *job, struct outcome *outcome);
void run_file(const struct job *job, struct outcome *outcome);
void run_warm(const struct job *job);

#endif

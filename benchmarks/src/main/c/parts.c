/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the load generator that know no target: places, content, latencies, processor time.
 */
#define _GNU_SOURCE
#include "load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

static uint64_t clock_nanos(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time) != 0) die("a clock cannot be read: is the server still there?");
  return (uint64_t)time.tv_sec * NANOS_PER_SECOND + (uint64_t)time.tv_nsec;
}

uint64_t now_nanos(void) { return clock_nanos(CLOCK_MONOTONIC); }

/* The finaliser of SplitMix64. */
static uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

/*
 * A permutation of 0 to n-1: a Feistel network over the next even number of bits, walked until it falls into the range.
 * It needs no memory, and its first k values are k places of the whole volume.
 */
static uint64_t permuted(uint64_t index, uint64_t n, uint64_t seed) {
  unsigned half = 1;
  while (half < 31 && (1ull << (2 * half)) < n) half++;
  uint64_t mask = (1ull << half) - 1;
  uint64_t value = index;
  do {
    uint64_t left = value >> half, right = value & mask;
    for (uint64_t round = 0; round < 4; round++) {
      uint64_t next = left ^ (mix(right + seed * 0x9E3779B97F4A7C15ull + (round << 56)) & mask);
      left = right;
      right = next;
    }
    value = (left << half) | right;
  } while (value >= n);
  return value;
}

uint64_t place_of(const struct job *job, uint64_t index) {
  uint64_t all = job->size_bytes / job->step_bytes;
  uint64_t step = 0;
  switch (job->pattern) {
    case PATTERN_ONCE: step = permuted(index % job->places, all, job->seed); break;
    case PATTERN_RANDOM: step = mix(job->seed * 0x9E3779B97F4A7C15ull + index) % all; break;
    case PATTERN_SEQUENTIAL: step = index % job->places; break;
  }
  return step * job->step_bytes + job->within_step;
}

void fill(const struct job *job, void *buffer, uint64_t offset) {
  uint64_t *word = buffer;
  for (uint64_t at = 0; at < job->request_bytes; at += PIECE_BYTES) {
    for (unsigned i = 0; i < PIECE_BYTES / sizeof *word; i += 2) {
      *word++ = job->tag;
      *word++ = offset + at;
    }
  }
}

void histogram_add(struct histogram *histogram, uint64_t nanos) {
  unsigned shift = 0;
  if (nanos >> HISTOGRAM_SUB_BITS) shift = 63u - (unsigned)__builtin_clzll(nanos) - HISTOGRAM_SUB_BITS;
  histogram->bucket[((uint64_t)shift << HISTOGRAM_SUB_BITS) + (nanos >> shift)]++;
  histogram->count++;
  if (nanos > histogram->max) histogram->max = nanos;
}

uint64_t histogram_quantile(const struct histogram *histogram, double part) {
  uint64_t rank = (uint64_t)(part * (double)histogram->count), seen = 0;
  for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
    seen += histogram->bucket[i];
    if (seen > rank || (seen == histogram->count && seen > 0)) {
      /* From the second octave on a bucket's number holds its shift and a value whose top bit is set. */
      unsigned octave = i >> HISTOGRAM_SUB_BITS;
      unsigned shift = octave == 0 ? 0 : octave - 1;
      return ((uint64_t)i - ((uint64_t)shift << HISTOGRAM_SUB_BITS)) << shift;
    }
  }
  return histogram->max;
}

static void machine_ticks(struct usage *usage) {
  FILE *file = fopen("/proc/stat", "re");
  unsigned long long user, nice, system, idle, wait, irq, soft, stolen;
  if (file == NULL || fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &wait,
                             &irq, &soft, &stolen) != 8) {
    die("/proc/stat: expected 'cpu' and 8 numbers");
  }
  fclose(file);
  usage->busy_ticks = user + nice + system + irq + soft;
  usage->stolen_ticks = stolen;
  usage->total_ticks = usage->busy_ticks + idle + wait + stolen;
}

void usage_now(const struct job *job, struct usage *usage) {
  usage->servers_nanos = 0;
  for (unsigned i = 0; i < job->pids; i++) {
    clockid_t clock;
    if (clock_getcpuclockid(job->pid[i], &clock) != 0) die("process %d has no processor time to read", job->pid[i]);
    usage->servers_nanos += clock_nanos(clock);
  }
  usage->own_nanos = clock_nanos(CLOCK_PROCESS_CPUTIME_ID);
  machine_ticks(usage);
}

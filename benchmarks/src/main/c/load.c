/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The load generator of `gnomon bench peers`: one connection through libnbd, or a file, for one job; prints one line of
 * JSON. Arguments are NAME=VALUE; the Java class LoadJob is the only caller and says what they mean.
 */
#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t number(const char *name, const char *text) {
  char *end;
  uint64_t value = strtoull(text, &end, 10);
  if (*text == '\0' || *end != '\0') die("%s=%s: a number was expected", name, text);
  return value;
}

static void servers(struct job *job, const char *list) {
  char *copy = strdup(list), *rest = NULL;
  if (copy == NULL) die("no memory");
  for (char *one = strtok_r(copy, ",", &rest); one != NULL; one = strtok_r(NULL, ",", &rest)) {
    if (job->pids == SERVERS_MAX) die("servers=%s: at most %u", list, SERVERS_MAX);
    job->pid[job->pids++] = (int)number("servers", one);
  }
  free(copy);
}

static int choice(const char *name, const char *value, const char *const *names) {
  for (int i = 0; names[i] != NULL; i++) {
    if (strcmp(names[i], value) == 0) return i;
  }
  die("%s=%s is unknown", name, value);
}

static bool warm;

static void set(struct job *job, const char *name, const char *value) {
  static const char *const operations[] = {"write", "read", "warm", NULL};
  static const char *const patterns[] = {"once", "random", "sequential", NULL};
  if (strcmp(name, "uri") == 0) job->uri = value;
  else if (strcmp(name, "file") == 0) job->file = value;
  else if (strcmp(name, "operation") == 0) {
    int operation = choice(name, value, operations);
    warm = operation == 2;
    job->operation = operation == 0 ? OP_WRITE : OP_READ;
  }
  else if (strcmp(name, "pattern") == 0) job->pattern = (enum pattern)choice(name, value, patterns);
  else if (strcmp(name, "bytes") == 0) job->request_bytes = number(name, value);
  else if (strcmp(name, "size") == 0) job->size_bytes = number(name, value);
  else if (strcmp(name, "step") == 0) job->step_bytes = number(name, value);
  else if (strcmp(name, "within") == 0) job->within_step = number(name, value);
  else if (strcmp(name, "places") == 0) job->places = number(name, value);
  else if (strcmp(name, "requests") == 0) job->requests = number(name, value);
  else if (strcmp(name, "milliseconds") == 0) job->seconds = (double)number(name, value) / 1e3;
  else if (strcmp(name, "depth") == 0) job->depth = (unsigned)number(name, value);
  else if (strcmp(name, "flush-every") == 0) job->flush_every = (unsigned)number(name, value);
  else if (strcmp(name, "fua") == 0) job->fua = number(name, value) != 0;
  else if (strcmp(name, "tag") == 0) job->tag = number(name, value);
  else if (strcmp(name, "seed") == 0) job->seed = number(name, value);
  else if (strcmp(name, "rate") == 0) job->rate = number(name, value);
  else if (strcmp(name, "servers") == 0) servers(job, value);
  else die("%s is unknown", name);
}

static void complete(struct job *job) {
  if ((job->uri == NULL) == (job->file == NULL)) die("either uri or file is needed");
  if (warm) return;
  if (job->request_bytes == 0 || job->request_bytes % PIECE_BYTES != 0) die("bytes: a multiple of %u", PIECE_BYTES);
  if (job->step_bytes == 0) job->step_bytes = job->request_bytes;
  if (job->within_step + job->request_bytes > job->step_bytes) die("a request leaves its step");
  uint64_t all = job->size_bytes / job->step_bytes;
  if (job->places == 0) job->places = all;
  if (job->places > all || job->places == 0) die("places: %llu of %llu", (unsigned long long)job->places,
                                                 (unsigned long long)all);
  if (job->depth == 0 || job->depth > DEPTH_MAX) die("depth: 1 to %u", DEPTH_MAX);
  if (job->requests == 0 && job->seconds == 0) die("neither requests nor milliseconds say when to end");
}

static void print_usage(const char *name, const struct usage *from, const struct usage *to) {
  printf(",\"%s\":{\"serverCpuNanos\":%llu,\"clientCpuNanos\":%llu,\"busyTicks\":%llu,\"stolenTicks\":%llu,"
         "\"totalTicks\":%llu}",
         name, (unsigned long long)(to->servers_nanos - from->servers_nanos),
         (unsigned long long)(to->own_nanos - from->own_nanos), (unsigned long long)(to->busy_ticks - from->busy_ticks),
         (unsigned long long)(to->stolen_ticks - from->stolen_ticks),
         (unsigned long long)(to->total_ticks - from->total_ticks));
}

static void print(const struct outcome *outcome) {
  printf("{\"requests\":%llu,\"flushes\":%llu,\"ackNanos\":%llu,\"durableNanos\":%llu",
         (unsigned long long)outcome->requests, (unsigned long long)outcome->flushes,
         (unsigned long long)outcome->ack_nanos, (unsigned long long)outcome->durable_nanos);
  printf(",\"p50Nanos\":%llu,\"p99Nanos\":%llu,\"p999Nanos\":%llu,\"maxNanos\":%llu",
         (unsigned long long)histogram_quantile(&outcome->latency, 0.5),
         (unsigned long long)histogram_quantile(&outcome->latency, 0.99),
         (unsigned long long)histogram_quantile(&outcome->latency, 0.999), (unsigned long long)outcome->latency.max);
  print_usage("untilAck", &outcome->began, &outcome->acknowledged);
  print_usage("untilDurable", &outcome->began, &outcome->durable);
  printf(",\"perSecond\":[");
  for (unsigned i = 0; i < outcome->series.used; i++) printf("%s%u", i == 0 ? "" : ",", outcome->series.second[i]);
  printf("]}\n");
}

int main(int count, char **argument) {
  static struct outcome outcome;
  struct job job = {.depth = 1};
  for (int i = 1; i < count; i++) {
    char *equals = strchr(argument[i], '=');
    if (equals == NULL) die("%s: NAME=VALUE was expected", argument[i]);
    *equals = '\0';
    set(&job, argument[i], equals + 1);
  }
  complete(&job);
  if (warm) {
    run_warm(&job);
    return 0;
  }
  if (job.uri != NULL) run_nbd(&job, &outcome);
  else run_file(&job, &outcome);
  print(&outcome);
  return 0;
}

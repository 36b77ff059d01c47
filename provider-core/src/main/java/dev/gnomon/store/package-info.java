/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * One store: the log of self-checking batches in its segments, the superblock, the catalog that the log carries, the
 * index of exceptions in memory, and recovery of all of it. Knows nothing of epochs being cut or of clients.
 */
@NullMarked
package dev.gnomon.store;

import org.jspecify.annotations.NullMarked;

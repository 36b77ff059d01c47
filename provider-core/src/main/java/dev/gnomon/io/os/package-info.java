/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The ports of {@link dev.gnomon.io} on a real machine: {@link dev.gnomon.io.os.OsStorage} over file channels and, on
 * Linux, a few direct system calls; {@link dev.gnomon.io.os.OsScheduler} over platform threads;
 * {@link dev.gnomon.io.os.OsClock}; {@link dev.gnomon.io.os.OsRandomSource}.
 *
 * <p>The only package that may touch file channels, the system's clocks and threads. Everything here works without
 * native access too, with the fallbacks that each class names.
 */
@NullMarked
package dev.gnomon.io.os;

import org.jspecify.annotations.NullMarked;

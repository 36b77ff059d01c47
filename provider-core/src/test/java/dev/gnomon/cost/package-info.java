/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What requests cost, as counts: calls of the system, bytes moved, flushes, allocations. Never times, which differ from machine
 * to machine; a count differs only if the code does.
 */
@NullMarked
package dev.gnomon.cost;

import org.jspecify.annotations.NullMarked;

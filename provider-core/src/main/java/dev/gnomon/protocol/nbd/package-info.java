/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The NBD server: fixed newstyle negotiation from a state table, then requests from many clients on TCP and Unix
 * sockets against {@link dev.gnomon.export.Exports}. Knows nothing of snapshots.
 *
 * <p>Each connection has a reader thread, which takes many requests out of one receive, runs reads itself, and sends
 * many replies at once; and a sender thread for requests that the engine completes later. A stalled request holds up
 * nothing but its own reply. All memory and every count is bounded by {@link dev.gnomon.protocol.nbd.NbdLimits}.
 *
 * <p>Source of every rule: the NBD protocol document ({@code doc/proto.md} of the NBD project).
 */
@NullMarked
package dev.gnomon.protocol.nbd;

import org.jspecify.annotations.NullMarked;

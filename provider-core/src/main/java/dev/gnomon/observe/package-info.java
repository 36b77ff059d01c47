/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Events, latencies and metrics: what whoever runs Gnomon can see of it. Everybody may report here; who listens is decided
 * by the composition root. Nothing here touches files, threads or the network.
 */
@NullMarked
package dev.gnomon.observe;

import org.jspecify.annotations.NullMarked;

/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The module of the packages that put Gnomon on a machine: Windows installer, Debian package, service registration.
 *
 * <p>An installation that fails leaves the machine as it found it, and removal never fails half way. Next to
 * {@code dev.gnomon.platform}, this is the only place that may use native libraries; it is empty until there is
 * something to install.
 */
@NullMarked
package dev.gnomon.installer;

import org.jspecify.annotations.NullMarked;

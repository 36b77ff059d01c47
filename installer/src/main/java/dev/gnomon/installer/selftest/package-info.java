/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * {@code gnomon setup selftest}: what only a real Windows can show, tried there, and one report that can be sent back. Each check says
 * ok, or what was expected and what came, or why it cannot be made here. Checks that change the machine put it back, and are made only
 * when asked for.
 */
@NullMarked
package dev.gnomon.installer.selftest;

import org.jspecify.annotations.NullMarked;

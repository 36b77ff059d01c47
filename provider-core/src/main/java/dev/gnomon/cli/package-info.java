/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The command line: arguments, help, tables, documents and exit codes. It reaches the engine only through the control
 * socket; what runs in this process ({@code service run}, {@code check}, {@code demo}) it asks of
 * {@link dev.gnomon.cli.LocalCommands}, which the composition root provides.
 */
@NullMarked
package dev.gnomon.cli;

import org.jspecify.annotations.NullMarked;

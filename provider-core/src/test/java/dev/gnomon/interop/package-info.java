/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A service that runs as a process, under other people's programs: NBD clients, file systems, and devices that fail.
 *
 * <p>Each test owns a {@link dev.gnomon.interop.Workspace}: whatever it starts or mounts is registered there and is gone
 * after the test, also after a failed one. Bytes are judged against images that the test keeps itself, never against
 * what the service says of itself.
 */
@NullMarked
package dev.gnomon.interop;

import org.jspecify.annotations.NullMarked;

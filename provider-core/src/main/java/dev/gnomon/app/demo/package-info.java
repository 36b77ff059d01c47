/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The demonstration: it starts a service as a process of its own, writes to two volumes over NBD as any client would,
 * takes a snapshot set meanwhile, kills the service, and judges by what it wrote and what it reads whether anything was
 * lost or torn apart. It sees the service through its two sockets only.
 */
@NullMarked
package dev.gnomon.app.demo;

import org.jspecify.annotations.NullMarked;

/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * TLS over any byte stream, by the JDK's own engine, and the keys and certificates for it. Knows nothing of NBD.
 */
@NullMarked
package dev.gnomon.protocol.nbd.tls;

import org.jspecify.annotations.NullMarked;

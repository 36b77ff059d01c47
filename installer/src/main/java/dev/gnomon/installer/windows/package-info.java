/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Windows behind the ports: COM+ through jacob; services, registry, access lists and IVssAdmin through JNA. */
@NullMarked
package dev.gnomon.installer.windows;

import org.jspecify.annotations.NullMarked;

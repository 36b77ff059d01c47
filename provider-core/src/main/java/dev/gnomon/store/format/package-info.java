/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The bytes of a store on disk, format version 1: one final class per structure, nothing of I/O or threads.
 *
 * <p>All integers are little-endian. Every structure starts with the {@link dev.gnomon.store.format.Prologue} (magic,
 * version, checksum, store UUID, feature flags). The format is described for strangers in {@code docs/format.md}.
 */
@NullMarked
package dev.gnomon.store.format;

import org.jspecify.annotations.NullMarked;

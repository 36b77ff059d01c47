/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What protocol servers see: one {@link dev.gnomon.export.Export} per volume ({@code VOLUME}), one, read-only, per shadow
 * copy ({@code VOLUME@COPY}), and one per open overlay ({@code VOLUME@COPY+rw}). Knows nothing of wire formats.
 */
@NullMarked
package dev.gnomon.export;

import org.jspecify.annotations.NullMarked;

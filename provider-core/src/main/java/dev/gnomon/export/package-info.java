/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What protocol servers see: one {@link dev.gnomon.export.Export} per volume ({@code VOLUME}) and one, read-only, per
 * shadow copy ({@code VOLUME@COPY}). Knows nothing of wire formats.
 */
@NullMarked
package dev.gnomon.export;

import org.jspecify.annotations.NullMarked;

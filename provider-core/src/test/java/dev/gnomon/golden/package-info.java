/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Stores kept as files, so that the format stays readable: golden images of earlier builds, and the means to make, keep
 * and list one.
 */
@NullMarked
package dev.gnomon.golden;

import org.jspecify.annotations.NullMarked;

/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Tests of the packager and, in classes that end in IT, of the packages that {@code ./gnomon package} made. */
@NullMarked
package dev.gnomon.installer.packaging;

import org.jspecify.annotations.NullMarked;

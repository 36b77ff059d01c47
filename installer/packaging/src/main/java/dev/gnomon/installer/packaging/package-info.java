/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Makes the packages of Gnomon from what the build has made: {@link dev.gnomon.installer.packaging.Packager} is its command. It stages the
 * files of a platform in a folder, says in a manifest what they are, and packs them. Nothing here is part of a package.
 *
 * <p>Whatever is written depends on its input and on the time of the commit alone: no clock, no time zone, no order of a directory.
 */
@NullMarked
package dev.gnomon.installer.packaging;

import org.jspecify.annotations.NullMarked;

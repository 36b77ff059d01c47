/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

/**
 * What a move of the segments would do, as things are now.
 *
 * @param directory where the segments to be copied are
 * @param target where they would go
 * @param segments how many would be copied
 * @param bytes of them
 * @param neededBytes that have to be free there: theirs, and one segment for the log to go on in
 * @param freeBytes that are
 */
public record MovePlan(String directory, String target, long segments, long bytes, long neededBytes, long freeBytes) {}

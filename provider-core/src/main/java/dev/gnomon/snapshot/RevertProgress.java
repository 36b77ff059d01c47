/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

/**
 * How far a revert is, or what it would have to do.
 *
 * @param volume that is reverted
 * @param copy that it is reverted to, as it is exported
 * @param pieces of 4 KiB that differ, or did when it began
 * @param piecesDone those of them whose content is the volume's now, or that were written over since
 * @param clients that are connected to the volume
 * @param waiting why it does not go on, for people; empty if it does
 */
public record RevertProgress(String volume, String copy, long pieces, long piecesDone, int clients, String waiting) {}

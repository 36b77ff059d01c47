/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

/**
 * Where the segments are, and how far they have come to another directory.
 *
 * @param directory where they are, or are moved from
 * @param target where they are moved to, empty if they are not
 * @param movedBytes since this process began with it
 * @param leftBytes that are to be moved still
 * @param waiting why it cannot get on, empty if it does
 */
public record MoveStatus(String directory, String target, long movedBytes, long leftBytes, String waiting) {}

/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.util.Arrays;

/**
 * The epochs of an index' exceptions, each with a short number in place of its 48 bits: an index has many exceptions and
 * few epochs. Epochs that come when all numbers are given away are kept beside their exceptions.
 *
 * <p>Guarded by the volume's mutex.
 */
final class ExceptionEpochs {
    /** Bits of a number. */
    static final int BITS = 14;

    private static final int FIRST = 16;

    /** Says that the epoch is kept beside the exception. */
    private final int beside;

    private long[] epochs = new long[FIRST];
    private char[] ascending = new char[FIRST];
    private int count;

    /** Exceptions with an epoch beside them, ascending as they came, and those epochs. */
    private int[] strays = new int[0];

    private long[] strayEpochs = new long[0];
    private int strayCount;

    ExceptionEpochs() {
        this((1 << BITS) - 1);
    }

    /** Gives away so many numbers. */
    ExceptionEpochs(int numbers) {
        this.beside = numbers;
    }

    /** Returns the number for a new exception, which comes behind all others that have one. */
    int numberFor(long epoch, int exception) {
        if (count > 0 && epochs[count - 1] == epoch) {
            return count - 1;
        }
        int at = placeOf(epoch);
        if (at < count && epochs[ascending[at]] == epoch) {
            return ascending[at];
        }
        if (count == beside) {
            putBeside(epoch, exception);
            return beside;
        }
        if (count == epochs.length) {
            int more = Math.min(beside, count * 2);
            epochs = Arrays.copyOf(epochs, more);
            ascending = Arrays.copyOf(ascending, more);
        }
        System.arraycopy(ascending, at, ascending, at + 1, count - at);
        ascending[at] = (char) count;
        epochs[count] = epoch;
        return count++;
    }

    /** Returns the epoch of an exception. */
    long epoch(int number, int exception) {
        return number < beside ? epochs[number] : strayEpochs[Arrays.binarySearch(strays, 0, strayCount, exception)];
    }

    /** Returns how many epochs before it there are, in ascending order. */
    private int placeOf(long epoch) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (epochs[ascending[middle]] < epoch) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void putBeside(long epoch, int exception) {
        if (strayCount == strays.length) {
            int more = Math.max(FIRST, strayCount * 2);
            strays = Arrays.copyOf(strays, more);
            strayEpochs = Arrays.copyOf(strayEpochs, more);
        }
        strays[strayCount] = exception;
        strayEpochs[strayCount++] = epoch;
    }
}

/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

/** A person who may be asked. */
public interface Terminal {
    /** Returns whether there is one: input and output of the process are a terminal. */
    boolean present();

    /** Asks and returns the answer, empty if there is none. */
    String ask(String question);

    /** Returns a terminal that nobody sits at. */
    static Terminal absent() {
        return new Terminal() {
            @Override
            public boolean present() {
                return false;
            }

            @Override
            public String ask(String question) {
                return "";
            }
        };
    }
}

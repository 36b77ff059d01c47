/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

/**
 * One change of a class file: in one method, calls of one other method go to a mutant body instead, or are dropped.
 *
 * @param type class that is changed, without {@code dev.gnomon.}
 * @param method whose code is changed
 * @param callee simple name of the called method's class, a dot, and its name
 * @param sites how many such calls there must be; with any other count the mutant is stale
 * @param only index of the one call that is changed, or {@link #EVERY}
 * @param body {@link #DROP}, {@link #YES}, or the name of a static method in the {@code Mutants} class of the package,
 *     which takes the receiver, the arguments and, if it has one parameter more, the calling object
 */
record Patch(String type, String method, String callee, int sites, int only, String body) {
    /** All calls are changed. */
    static final int EVERY = -1;

    /** The call is not made; its value is 0, false or null. */
    static final String DROP = "drop";

    /** The call is not made; its value is true. */
    static final String YES = "yes";

    /** In {@code where}, a class and a method of it, sends the only call of {@code callee} to a body. */
    static Patch in(String where, String callee, String body) {
        int dot = where.lastIndexOf('.');
        return new Patch(where.substring(0, dot), where.substring(dot + 1), callee, 1, EVERY, body);
    }

    /** Expects that many calls, and changes all. */
    Patch all(int count) {
        return new Patch(type, method, callee, count, EVERY, body);
    }

    /** Expects that many calls, and changes one. */
    Patch only(int index, int count) {
        return new Patch(type, method, callee, count, index, body);
    }

    /** Returns the full name of the class that is changed. */
    String className() {
        return "dev.gnomon." + type;
    }

    /** Returns the full name of the class with the bodies. */
    String bodyClass() {
        String packageName = className().substring(0, className().lastIndexOf('.'));
        String last = packageName.substring(packageName.lastIndexOf('.') + 1);
        return packageName + '.' + Character.toUpperCase(last.charAt(0)) + last.substring(1) + "Mutants";
    }

    @Override
    public String toString() {
        return type + '.' + method + ": " + callee + " -> " + body;
    }
}

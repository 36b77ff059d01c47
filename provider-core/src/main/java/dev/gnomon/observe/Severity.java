/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

/** How much an event matters to whoever runs the service. */
public enum Severity {
    /** Someone must act. */
    ERROR,
    /** Someone may act. */
    WARN,
    /** Part of the ordinary life of the service. */
    INFO
}

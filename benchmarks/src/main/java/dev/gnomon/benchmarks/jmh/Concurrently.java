/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks benchmarks whose question is also one of threads: {@link JmhMain} runs them with 1, 2 and 4. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Concurrently {}

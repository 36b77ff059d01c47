/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.port;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Storage;

/** Everything outside of setup that it touches. */
public record Ports(
        Storage storage,
        Clock clock,
        Folders folders,
        Registry registry,
        ServiceManager services,
        Programs programs,
        ComPlusCatalog.Opener comPlus,
        VssAdmin vss,
        Machine machine,
        Engine engine) {}

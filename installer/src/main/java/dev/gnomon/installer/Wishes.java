/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.installer.step.Choices;
import dev.gnomon.util.BuildInfo;

/** What stands on the command line beside folders and formats. */
record Wishes(boolean dryRun, boolean force, boolean allowSystemVolume, boolean removeData, boolean fromMsi) {
    Choices choices() {
        return new Choices(BuildInfo.current().version(), force, allowSystemVolume || force, removeData);
    }
}

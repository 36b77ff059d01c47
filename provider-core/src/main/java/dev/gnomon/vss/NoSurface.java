/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.snapshot.CopyInfo;
import java.util.UUID;

/** Shows no copies. The names that it gives are those of no device. */
final class NoSurface implements CopySurface {
    @Override
    public boolean isAvailable() {
        return false;
    }

    @Override
    public String deviceName(UUID copy) {
        return "\\\\?\\GLOBALROOT\\Device\\GnomonHidden{" + copy + "}";
    }

    @Override
    public void attach(CopyInfo copy, Access access, long deadlineNanos) throws SurfaceException {
        throw new SurfaceException("shadow copy " + copy.exportName()
                + " cannot be made visible: the service was not told how copies become devices");
    }

    @Override
    public void setReadOnly(CopyInfo copy, long deadlineNanos) {}

    @Override
    public void detach(UUID copy, long deadlineNanos) {}
}

/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.platform.windows.DeviceHandle;
import dev.gnomon.platform.windows.VolumeNames;
import dev.gnomon.vss.DiskVolumes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The volumes and disks of this Windows. Thread-safe. */
final class WindowsVolumes implements DiskVolumes {
    @Override
    public Optional<String> guidPath(String mountPoint) throws IOException {
        return VolumeNames.guidPath(mountPoint);
    }

    @Override
    public boolean exists(String guidPath) throws IOException {
        return VolumeNames.exists(guidPath);
    }

    @Override
    public List<String> guidPaths() throws IOException {
        return VolumeNames.all();
    }

    @Override
    public Optional<Device> open(String device, Access access) throws IOException {
        return DeviceHandle.open(device, access == Access.WRITE).map(Opened::new);
    }

    /** As the port has it. */
    private record Opened(DeviceHandle handle) implements Device {
        @Override
        public Answer control(int code, byte[] input, int mostBytes) {
            DeviceHandle.Answer answer = handle.control(code, input, mostBytes);
            return new Answer(answer.error(), answer.reason(), answer.bytes());
        }

        @Override
        public void close() {
            handle.close();
        }
    }
}

/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Server;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot inside a qcow2 image. It is taken while nobody serves the image, because {@code qemu-nbd} has no command for it.
 * The copy is read by a second {@code qemu-nbd} without qemu's lock on the image: the clusters of a snapshot do not change,
 * but qemu promises nothing for that, so a real user reads it only while nobody writes.
 */
final class InternalSnapshotPeer implements Peer {
    private static final String SNAPSHOT = "now";

    private final Site site;
    private final Path image;
    private Server live;
    private @Nullable Server copy;

    InternalSnapshotPeer(Site site) throws BenchFailure {
        this.site = site;
        this.image = site.path("image");
        Path raw = site.makeOrigin(site.path("raw"));
        site.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.toString(), image.toString());
        site.remove(raw);
        this.live = serve(site, image);
    }

    @Override
    public Target live() {
        return new Target.Export(live, "");
    }

    @Override
    public Target copy() {
        if (copy == null) {
            throw new IllegalStateException("there is no copy");
        }
        return new Target.Export(copy, "");
    }

    @Override
    public List<Path> files() {
        return List.of(image);
    }

    @Override
    public void take() throws BenchFailure {
        live.close();
        site.run("qemu-img", "snapshot", "-c", SNAPSHOT, image.toString());
        live = serve(site, image);
        copy = site.qemuNbd(
                "copy",
                "--read-only",
                "--load-snapshot=snapshot.name=" + SNAPSHOT,
                "--image-opts",
                "driver=qcow2,file.driver=file,file.filename=" + image + ",file.locking=off");
    }

    @Override
    public Dropped drop() throws BenchFailure {
        close();
        site.run("qemu-img", "snapshot", "-d", SNAPSHOT, image.toString());
        live = serve(site, image);
        return Dropped.LIVE_STAYS;
    }

    @Override
    public boolean countsSocketBytes() {
        return false;
    }

    @Override
    public void close() throws BenchFailure {
        live.close();
        if (copy != null) {
            copy.close();
            copy = null;
        }
    }

    private static Server serve(Site site, Path image) throws BenchFailure {
        return site.qemuNbd("live", "--format=qcow2", image.toString());
    }
}

/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.CopyView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What all volumes and shadow copies of a service must hold. */
final class Model {
    private final Map<String, Image> volumes = new TreeMap<>();
    private final Map<String, Image> copies = new TreeMap<>();

    /** Adds a volume with its image, which may be changed as the volume is. */
    Model with(String volume, Image image) {
        volumes.put(volume, image);
        return this;
    }

    Image live(String volume) {
        Image image = volumes.get(volume);
        assertThat(image).as(volume).isNotNull();
        return Objects.requireNonNull(image);
    }

    /** Takes a snapshot set, of the service and of the model; nobody may be writing. */
    void cut(ServiceProcess service, String set, String... of) {
        service.createSet(set, of);
        for (String volume : of) {
            copies.put(volume + "@" + set, live(volume).copy());
        }
    }

    /** Removes a copy that the service was told to delete. */
    void forget(String export) {
        assertThat(copies.remove(export)).as(export).isNotNull();
    }

    /** Deletes a set of the service and of the model. */
    void delete(ServiceProcess service, String set) {
        service.ask(client -> client.deleteSet(set));
        copies.keySet().removeIf(name -> name.endsWith("@" + set));
    }

    /**
     * Fails the test unless the live content, the origin and every shadow copy are byte for byte as they must be, and no
     * other copy is there.
     */
    void verify(Workspace workspace, ServiceProcess service) {
        verifyExports(workspace, service);
        volumes.forEach((name, image) -> {
            Path origin = Path.of(service.volume(name).origin());
            // What was acknowledged settles behind the client's back; then the origin alone is the volume.
            Tools.await(
                    "the origin of " + name,
                    () -> image.isSame(origin) || service.volume(name).unsettledBytes() == 0);
            image.requireSame("origin of " + name, origin);
        });
    }

    /** As {@link #verify}, while there is new data that cannot be settled: the origins alone are not the volumes. */
    void verifyExports(Workspace workspace, ServiceProcess service) {
        List<CopyView> listed = service.ask(client -> client.copies(""));
        assertThat(listed).extracting(CopyView::exportName).containsExactlyInAnyOrderElementsOf(copies.keySet());
        volumes.forEach((name, image) -> requireSame(workspace, service.uri(name), image));
        copies.forEach((name, image) -> requireSame(workspace, service.uri(name), image));
    }

    /** Fails the test unless an export reads as it must. */
    static void requireSame(Workspace workspace, String uri, Image image) {
        Path file = workspace.path("read-back");
        try {
            Tools.run("nbdcopy", uri, file.toString()).ok();
            image.requireSame(uri, file);
            Files.delete(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

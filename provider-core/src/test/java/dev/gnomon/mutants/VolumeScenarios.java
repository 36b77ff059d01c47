/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life.Wrong;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.util.Map;

/** Runs of the engine about what operators settle about volumes and copies. */
final class VolumeScenarios {
    private VolumeScenarios() {}

    /** A copy is held, from the log and from a checkpoint. */
    static void holds(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            life.engine().holdCopy("a@s", "");
            requireHeld(life);
        });
        SimImage stopped = Life.next(seed, image.cutKeepingNone(), life -> {
            requireHeld(life);
            life.engine().close();
        });
        Life.next(seed, stopped, VolumeScenarios::requireHeld);
    }

    /** A volume grows, shrinks without being cut off in its file, and grows again; the power fails between. */
    static void resizes(long seed) {
        SimImage grown = Life.first(seed, life -> {
            life.volume("a", 2 * Life.MIN_BYTES);
            life.engine().resizeVolume("a", 3 * Life.MIN_BYTES, Allocation.SPARSE);
        });
        SimImage shrunk = Life.next(seed, grown.cutKeepingNone(), life -> {
            Wrong.unless(life.state("a") == VolumeInfo.State.ONLINE, "a grown volume is not served");
            life.set("s", "a");
            life.write("a", 600, 2, 1);
            life.settle();
            life.engine().deleteSet("s");
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.SET_SIZE).file("a").always().then(new Fault.IoError()));
            life.engine().resizeVolume("a", Life.MIN_BYTES, Allocation.SPARSE);
        });
        Life.next(seed, shrunk.cutKeepingNone(), life -> {
            life.engine().resizeVolume("a", 3 * Life.MIN_BYTES, Allocation.SPARSE);
            Wrong.unless(life.read("a", 600) == 0, "what was cut off is back");
        });
    }

    /** An origin is changed by nobody, then by Gnomon before a kill, then by somebody else after a stop. */
    static void changed(long seed) {
        SimImage stopped = Life.first(seed, life -> {
            life.prepareCopy();
            life.engine().close();
        });
        SimImage killed = Life.next(seed, stopped, life -> {
            life.expectCopy("a@s", 0, 1);
            life.write("a", 5, 1, 2);
            life.settle();
        });
        SimImage again = Life.next(seed, killed.cutKeepingNone(), life -> {
            Wrong.unless(
                    life.engine().volume("a").originChange().isEmpty(), "Gnomon's own writes are taken for foreign");
            life.expectCopy("a@s", 5, 0);
            life.engine().close();
        });
        SimWorld world = new SimWorld(seed, again);
        world.storage().damage(Life.origin("a"), 512, new byte[512]);
        Life.next(
                seed,
                world.storage().image(),
                life -> Wrong.unless(
                        life.engine().shadowCopy(life.engine().copy("a@s").id()) == null,
                        "a copy of a changed origin can be read"));
    }

    /** A first overwrite is in the origin when it is acknowledged, and what it overwrote is preserved. */
    static void writeThrough(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            life.engine().setProperties("a", Map.of("write-through", "on"));
            Wrong.unless(life.write("a", 0, 1, 2) == IoStatus.OK, "the write failed");
        });
        long found = ByteBuffer.wrap(Life.bytes(image, Life.origin("a"))).getLong();
        Wrong.unless(found == 2, "the origin holds " + found + " when 2 is acknowledged");
        Life.next(seed, image.cutKeepingNone(), life -> life.expectCopy("a@s", 0, 1));
    }

    private static void requireHeld(Life life) throws Exception {
        try {
            life.engine().deleteSet("s");
        } catch (EngineException refused) {
            life.expectCopy("a@s", 0, 1);
            return;
        }
        throw new Wrong("a held copy was deleted");
    }
}

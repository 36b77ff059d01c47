/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.export.EngineExports;
import dev.gnomon.export.Export;
import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.snapshot.OverlayInfo.State;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.Xoshiro256;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Overlays of shadow copies, from the engine's side. Copy a@s holds ones in its first two pieces. */
class OverlayTests {
    private static final long SEED = 1;
    private static final int PIECE = Life.PIECE;
    private static final String FILE = "overlay-00000001";

    private static Overlay overlay(Life life) throws EngineException {
        return Objects.requireNonNull(
                life.engine().overlay(life.engine().copy("a@s").id()), "a@s has no overlay");
    }

    private static Overlay created(Life life) throws Exception {
        life.prepareCopy();
        assertThat(life.engine().createOverlay("a@s").overlay().state()).isEqualTo(State.OPEN);
        return overlay(life);
    }

    private static IoStatus write(Life life, int piece, int count, long number, boolean forced) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(count * PIECE);
        while (bytes.hasRemaining()) {
            bytes.putLong(number);
        }
        Overlay overlay = overlay(life);
        return life.await(done -> overlay.write(piece * (long) PIECE, bytes.flip(), forced, done));
    }

    private static IoStatus flush(Life life) throws Exception {
        Overlay overlay = overlay(life);
        return life.await(overlay::flush);
    }

    private static long read(Life life, int piece) throws Exception {
        return Life.number(overlay(life)::read, piece, "a@s+rw");
    }

    /** Reads the copy as its export shows it. */
    private static long shown(Life life, int piece) throws Exception {
        CopyReader reader = life.engine().copyReader(life.engine().copy("a@s").id());
        return Life.number(Objects.requireNonNull(reader)::read, piece, "a@s");
    }

    /** Returns what of the diff area is neither segments nor the overlay, in bytes: always the same here. */
    private static long others(Life life) throws Exception {
        return (life.engine().stats().logAllocatedBytes() - info(life).bytes()) % Life.SEGMENT_BYTES;
    }

    private static OverlayInfo info(Life life) throws EngineException {
        return life.engine().copy("a@s").overlay();
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(
            Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable what) {
        return assertThatThrownBy(what)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Nested
    class Open {
        @Test
        void showsTheCopyAndWhatWasWrittenOverItAndChangesNeitherCopyNorVolume() {
            Life.first(SEED, life -> {
                created(life);
                assertThat(write(life, 1, 2, 7, false)).isEqualTo(IoStatus.OK);
                assertThat(read(life, 0)).isEqualTo(1);
                assertThat(read(life, 1)).isEqualTo(7);
                assertThat(read(life, 2)).isEqualTo(7);
                assertThat(read(life, 3)).isZero();
                assertThat(shown(life, 1)).isEqualTo(1);
                assertThat(life.read("a", 1)).isEqualTo(1);
                life.write("a", 0, 4, 9);
                assertThat(read(life, 0)).isEqualTo(1);
                assertThat(read(life, 1)).isEqualTo(7);
                assertThat(life.read("a", 1)).isEqualTo(9);
            });
        }

        @Test
        void agreesWithAnArrayUnderRandomWritesZeroesAndReadsOfAnyAlignment() {
            Life.first(SEED, life -> {
                Overlay overlay = created(life);
                Xoshiro256 random = new Xoshiro256(SEED);
                byte[] model = new byte[(int) Life.MIN_BYTES];
                overlay.read(0, ByteBuffer.wrap(model));
                for (int i = 0; i < 300; i++) {
                    int at = random.nextInt(model.length);
                    int length = 1 + random.nextInt(Math.min(model.length - at, random.percent(10) ? 300_000 : 9_000));
                    byte[] bytes = new byte[length];
                    switch (random.nextInt(4)) {
                        case 0 -> {
                            boolean keep = random.percent(20);
                            assertThat(life.await(done -> overlay.writeZeros(at, length, keep, false, done)))
                                    .isEqualTo(IoStatus.OK);
                            System.arraycopy(bytes, 0, model, at, length);
                        }
                        case 1 -> {
                            assertThat(overlay.read(at, ByteBuffer.wrap(bytes))).isEqualTo(IoStatus.OK);
                            assertThat(bytes).isEqualTo(Arrays.copyOfRange(model, at, at + length));
                        }
                        default -> {
                            random.fill(bytes);
                            assertThat(life.await(done -> overlay.write(at, ByteBuffer.wrap(bytes), false, done)))
                                    .isEqualTo(IoStatus.OK);
                            System.arraycopy(bytes, 0, model, at, length);
                        }
                    }
                }
                byte[] all = new byte[model.length];
                assertThat(overlay.read(0, ByteBuffer.wrap(all))).isEqualTo(IoStatus.OK);
                assertThat(all).isEqualTo(model);
            });
        }

        @Test
        void zeroesTakeNoSpaceWhereTheCopyTakesNone() {
            Life.first(SEED, life -> {
                life.engine().createVolume("a", Life.origin("a"), Life.MIN_BYTES, Engine.Allocation.SPARSE);
                life.write("a", 0, 2, 1);
                life.set("s", "a");
                life.engine().createOverlay("a@s");
                long before = info(life).bytes();
                Overlay overlay = overlay(life);
                assertThat(life.await(done -> overlay.writeZeros(2 * PIECE, 100 * PIECE, false, false, done)))
                        .isEqualTo(IoStatus.OK);
                assertThat(info(life).bytes()).isEqualTo(before);
                assertThat(life.await(done -> overlay.writeZeros(0, 100 * PIECE, false, false, done)))
                        .isEqualTo(IoStatus.OK);
                assertThat(info(life).bytes()).isEqualTo(before + PIECE);
                assertThat(read(life, 0)).isZero();
                assertThat(read(life, 1)).isZero();
            });
        }

        @Test
        void itsAllocationIsThatOfTheCopyWithWhatWasWritten() {
            Life.first(SEED, life -> {
                life.engine().createVolume("a", Life.origin("a"), Life.MIN_BYTES, Engine.Allocation.SPARSE);
                life.write("a", 0, 2, 1);
                life.set("s", "a");
                life.engine().createOverlay("a@s");
                write(life, 4, 1, 5, false);
                Overlay overlay = overlay(life);
                life.await(done -> overlay.writeZeros(0, PIECE, false, false, done));
                StringBuilder extents = new StringBuilder();
                assertThat(overlay.allocation(0, Life.MIN_BYTES, (length, hole) -> {
                            extents.append(hole ? "hole " : "data ")
                                    .append(length / PIECE)
                                    .append(' ');
                            return true;
                        }))
                        .isEqualTo(IoStatus.OK);
                assertThat(extents.toString()).isEqualTo("hole 1 data 1 hole 2 data 1 hole 251 ");
            });
        }

        @Test
        void writesToPartsOfOnePieceFromTwoClientsAreBothThere() {
            Life.first(SEED, life -> {
                Overlay overlay = created(life);
                life.world()
                        .storage()
                        .inject(FaultRule.on(IoKind.READ).file("a").then(new Fault.Stall(10 * Life.MILLISECOND)));
                byte[] half = new byte[PIECE / 2];
                Arrays.fill(half, (byte) 5);
                var other = life.start(
                        () -> life.await(done -> overlay.write(PIECE / 2, ByteBuffer.wrap(half), false, done)));
                life.sleep(Life.MILLISECOND);
                assertThat(life.await(done -> overlay.write(0, ByteBuffer.wrap(half), false, done)))
                        .isEqualTo(IoStatus.OK);
                other.join();
                assertThat(read(life, 0)).isEqualTo(0x0505050505050505L);
            });
        }

        @Test
        void rangesOutsideAreRefused() {
            Life.first(SEED, life -> {
                Overlay overlay = created(life);
                assertThat(life.await(done -> overlay.write(Life.MIN_BYTES - 1, ByteBuffer.allocate(2), false, done)))
                        .isEqualTo(IoStatus.INVALID);
                assertThat(overlay.read(Life.MIN_BYTES, ByteBuffer.allocate(1))).isEqualTo(IoStatus.INVALID);
            });
        }
    }

    @Nested
    class AfterARestart {
        @Test
        void everythingAcknowledgedSurvivesAKill() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                write(life, 1, 1, 7, false);
                write(life, 1, 1, 8, false);
                write(life, 3, 1, 9, false);
            });
            Life.next(SEED, image.killed(), life -> {
                assertThat(info(life).state()).isEqualTo(State.OPEN);
                assertThat(read(life, 0)).isEqualTo(1);
                assertThat(read(life, 1)).isEqualTo(8);
                assertThat(read(life, 3)).isEqualTo(9);
                assertThat(write(life, 3, 1, 10, false)).isEqualTo(IoStatus.OK);
                assertThat(read(life, 3)).isEqualTo(10);
            });
        }

        @Test
        void whatWasFlushedOrForcedSurvivesAPowerCut() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                write(life, 1, 1, 7, false);
                assertThat(flush(life)).isEqualTo(IoStatus.OK);
                write(life, 2, 1, 8, true);
                write(life, 3, 1, 9, false);
            });
            Life.next(SEED, image.cutKeepingNone(), life -> {
                assertThat(read(life, 1)).isEqualTo(7);
                assertThat(read(life, 2)).isEqualTo(8);
                assertThat(read(life, 3)).isZero();
            });
        }

        @Test
        void aCleanStopMakesEverythingDurable() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                write(life, 1, 1, 7, false);
                life.engine().close();
            });
            Life.next(
                    SEED,
                    image.cutKeepingNone(),
                    life -> assertThat(read(life, 1)).isEqualTo(7));
        }

        @Test
        void theStateOfAnOverlaySurvivesACheckpoint() {
            SimImage image = Life.first(SEED, life -> {
                life.prepareCopy();
                life.set("t", "a");
                life.engine().createOverlay("a@s");
                life.engine().createOverlay("a@t");
                write(life, 0, 1, 7, false);
                life.engine().sealOverlay("a@s");
                life.engine().close(); // with a checkpoint
            });
            Life.next(SEED, image.cutKeepingNone(), life -> {
                assertThat(life.engine().stats().recoveredBatches())
                        .as("read behind the checkpoint")
                        .isLessThan(3);
                assertThat(info(life).state()).isEqualTo(State.SEALED);
                assertThat(shown(life, 0)).isEqualTo(7);
                assertThat(life.engine().copy("a@t").overlay().state()).isEqualTo(State.OPEN);
            });
        }

        @Test
        void filesThatNoEntryNamesAreDeleted() {
            long[] others = new long[1];
            SimImage image = Life.first(SEED, life -> {
                life.prepareCopy();
                others[0] = others(life);
                life.dieAt(event -> Life.isLog(event) && event.kind() == IoKind.WRITE);
                life.engine().createOverlay("a@s");
            });
            assertThat(image.describe()).contains(FILE);
            SimImage after = Life.next(SEED, image.killed(), life -> {
                assertThat(info(life).state()).isEqualTo(State.NONE);
                assertThat(others(life)).isEqualTo(others[0]);
            });
            assertThat(after.describe()).doesNotContain(FILE);
        }
    }

    @Nested
    class Sealed {
        @Test
        void isShownByTheCopyAndCannotBeWrittenTo() {
            SimImage image = Life.first(SEED, life -> {
                Overlay overlay = created(life);
                write(life, 1, 1, 7, false);
                assertThat(life.engine().sealOverlay("a@s").overlay().state()).isEqualTo(State.SEALED);
                assertThat(shown(life, 0)).isEqualTo(1);
                assertThat(shown(life, 1)).isEqualTo(7);
                assertThat(life.engine().overlay(life.engine().copy("a@s").id()))
                        .isNull();
                assertThat(life.await(done -> overlay.write(0, ByteBuffer.allocate(1), false, done)))
                        .isEqualTo(IoStatus.READ_ONLY);
                refused(Kind.WRONG_STATE, () -> life.engine().sealOverlay("a@s"))
                        .hasMessageContaining("sealed already");
                refused(Kind.WRONG_STATE, () -> life.engine().createOverlay("a@s"));
            });
            Life.next(SEED, image.cutKeepingNone(), life -> {
                assertThat(info(life).state()).isEqualTo(State.SEALED);
                assertThat(shown(life, 1)).isEqualTo(7);
                assertThat(life.read("a", 1)).isEqualTo(1);
            });
        }

        @Test
        void thoseWhoReadTheCopyBeforeGoOnToReadItsOwnContent() {
            Life.first(SEED, life -> {
                created(life);
                EngineExports exports = new EngineExports(life.engine());
                Export before = Objects.requireNonNull(exports.open("a@s"));
                write(life, 0, 1, 7, false);
                assertThat(exports.names()).containsExactly("a", "a@s", "a@s+rw");
                life.engine().sealOverlay("a@s");
                assertThat(exports.names()).containsExactly("a", "a@s");
                assertThat(exports.open("a@s+rw")).isNull();
                assertThat(Life.number(before::read, 0, "the copy as it was")).isEqualTo(1);
                Export after = Objects.requireNonNull(exports.open("a@s"));
                assertThat(Life.number(after::read, 0, "the copy as it is")).isEqualTo(7);
                life.engine().dropOverlay("a@s");
                assertThat(after.read(0, ByteBuffer.allocate(1))).isEqualTo(IoStatus.GONE);
                assertThat(Life.number(before::read, 0, "the copy as it was")).isEqualTo(1);
            });
        }

        @Test
        void isNotServedIfWhatWasDurableAtTheSealIsMissing() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                write(life, 1, 1, 7, false);
                life.engine().sealOverlay("a@s");
                life.engine().close();
            });
            SimImage damaged = Life.flipped(image.killed(), Life.STORE.resolve(FILE), (4096 + 200) * 8L);
            Life.next(SEED, damaged, life -> {
                assertThat(info(life).state()).isEqualTo(State.UNAVAILABLE);
                assertThat(info(life).reason())
                        .contains("damaged: /srv/store/" + FILE + " at offset 4096")
                        .contains("expected batch 1, known to have been durable, found nothing valid");
                assertThat(life.engine().copyReader(life.engine().copy("a@s").id()))
                        .isNull();
                assertThat(life.read("a", 1)).isEqualTo(1);
                life.engine().dropOverlay("a@s");
                assertThat(shown(life, 1)).isEqualTo(1);
            });
        }
    }

    @Nested
    class Ending {
        @Test
        void aDropShowsTheCopyAgainAndDeletesTheFile() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                write(life, 1, 1, 7, false);
                assertThat(life.engine().dropOverlay("a@s").overlay()).isEqualTo(OverlayInfo.NONE);
                assertThat(shown(life, 1)).isEqualTo(1);
                refused(Kind.NOT_FOUND, () -> life.engine().dropOverlay("a@s"));
                refused(Kind.NOT_FOUND, () -> life.engine().sealOverlay("a@s"));
                life.engine().createOverlay("a@s");
                assertThat(read(life, 1)).isEqualTo(1);
                life.engine().dropOverlay("a@s");
            });
            assertThat(image.describe()).doesNotContain("overlay-");
            Life.next(
                    SEED, image.cutKeepingNone(), life -> assertThat(info(life)).isEqualTo(OverlayInfo.NONE));
        }

        @Test
        void sealAndDropAreRefusedWhileAClientIsConnectedForWriting() {
            Life.first(SEED, life -> {
                created(life);
                Export client = Objects.requireNonNull(new EngineExports(life.engine()).open("a@s+rw"));
                refused(Kind.REFUSED, () -> life.engine().sealOverlay("a@s"))
                        .hasMessageContaining("a@s+rw has 1 clients connected");
                refused(Kind.REFUSED, () -> life.engine().dropOverlay("a@s"));
                assertThat(write(life, 0, 1, 5, false)).isEqualTo(IoStatus.OK);
                client.close();
                life.engine().sealOverlay("a@s");
            });
        }

        /** As readers of a copy, those who write to its overlay do not keep it from being deleted. */
        @Test
        void deletingTheCopyDeletesItsOverlayUnderConnectedClients() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                Export client = Objects.requireNonNull(new EngineExports(life.engine()).open("a@s+rw"));
                write(life, 0, 1, 5, false);
                life.engine().deleteCopy("a@s");
                assertThat(client.read(0, ByteBuffer.allocate(1))).isEqualTo(IoStatus.GONE);
                assertThat(life.await(client::flush)).isEqualTo(IoStatus.GONE);
                assertThat(life.await(
                                done -> client.write(0, ByteBuffer.allocate(1), Export.Durability.BUFFERED, done)))
                        .isEqualTo(IoStatus.GONE);
                client.close();
            });
            assertThat(image.describe()).doesNotContain("overlay-");
        }

        @Test
        void aVolumeThatIsOfflineKeepsItsOverlay() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                write(life, 1, 1, 7, false);
                life.engine().close();
                life.world().storage().rename(Life.origin("a"), Path.of("/volumes/away"));
            });
            SimImage away = Life.next(SEED, image.killed(), life -> {
                assertThat(info(life).state()).isEqualTo(State.UNAVAILABLE);
                assertThat(info(life).reason()).isEqualTo("the shadow copy is not served");
                assertThat(info(life).bytes()).isGreaterThan(PIECE);
                life.engine().close();
                life.world().storage().rename(Path.of("/volumes/away"), Life.origin("a"));
            });
            Life.next(SEED, away.killed(), life -> assertThat(read(life, 1)).isEqualTo(7));
        }
    }

    @Nested
    class Faults {
        @Test
        void aFailedForceIsStickyForThatOverlayAlone() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                write(life, 1, 1, 7, true);
                write(life, 2, 1, 8, false);
                life.world()
                        .storage()
                        .inject(FaultRule.on(IoKind.FORCE)
                                .file(FILE)
                                .then(new Fault.ForceFails(Fault.Pages.SHOWN_NEW, 0)));
                assertThat(flush(life)).isEqualTo(IoStatus.IO_ERROR);
                assertThat(flush(life)).isEqualTo(IoStatus.IO_ERROR);
                assertThat(write(life, 3, 1, 9, false)).isEqualTo(IoStatus.IO_ERROR);
                assertThat(info(life).state()).isEqualTo(State.FAILED);
                assertThat(life.state("a")).isEqualTo(VolumeInfo.State.ONLINE);
                assertThat(life.write("a", 0, 1, 2)).isEqualTo(IoStatus.OK);
                assertThat(life.flush("a")).isEqualTo(IoStatus.OK);
                refused(Kind.WRONG_STATE, () -> life.engine().sealOverlay("a@s"))
                        .hasMessageContaining("drop it");
            });
            for (SimImage after : new SimImage[] {image.killed(), image.cutKeepingNone()}) {
                Life.next(SEED, after, life -> {
                    assertThat(info(life).state()).isEqualTo(State.FAILED);
                    assertThat(read(life, 1)).isEqualTo(7);
                    assertThat(write(life, 3, 1, 9, false)).isEqualTo(IoStatus.IO_ERROR);
                    life.engine().dropOverlay("a@s");
                    life.engine().createOverlay("a@s");
                    assertThat(write(life, 3, 1, 9, true)).isEqualTo(IoStatus.OK);
                });
            }
        }

        /** The process is killed before it can write the failure down: the file is longer in the cache than on the device. */
        @Test
        void aFailedForceIsNoticedAfterAKillThatCameBeforeItWasWrittenDown() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                write(life, 1, 1, 7, true);
                write(life, 2, 1, 8, false);
                life.world()
                        .storage()
                        .inject(FaultRule.on(IoKind.FORCE)
                                .file(FILE)
                                .then(new Fault.ForceFails(Fault.Pages.SHOWN_NEW, 0)));
                life.dieAt(event -> Life.isLog(event) && event.kind() == IoKind.WRITE);
                flush(life);
            });
            Life.next(SEED, image.killed(), life -> {
                assertThat(info(life).state()).isEqualTo(State.FAILED);
                assertThat(read(life, 1)).isEqualTo(7);
                assertThat(write(life, 3, 1, 9, false)).isEqualTo(IoStatus.IO_ERROR);
            });
        }

        @Test
        void aFullFileSystemRefusesWritesUntilThereIsSpace() {
            Life.first(SEED, life -> {
                created(life);
                write(life, 1, 1, 7, false);
                FaultRule full = FaultRule.on(IoKind.WRITE).file(FILE).always().then(new Fault.ShortWrite(9, true));
                life.world().storage().inject(full);
                assertThat(write(life, 1, 1, 8, false)).isEqualTo(IoStatus.NO_SPACE);
                assertThat(read(life, 1)).isEqualTo(7);
                life.world().storage().clear(full);
                assertThat(write(life, 1, 1, 9, false)).isEqualTo(IoStatus.OK);
                assertThat(read(life, 1)).isEqualTo(9);
            });
        }

        @Test
        void damagedPayloadIsAnErrorAndNeverOtherBytes() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                write(life, 1, 1, 7, true);
                write(life, 2, 1, 8, true);
                life.engine().close();
            });
            SimImage damaged = Life.flipped(image.killed(), Life.STORE.resolve(FILE), (3 * 4096 - 4096) * 8L);
            Life.next(SEED, damaged, life -> {
                assertThat(overlay(life).read(PIECE, ByteBuffer.allocate(PIECE)))
                        .isEqualTo(IoStatus.IO_ERROR);
                assertThat(read(life, 2)).isEqualTo(8);
            });
        }

        @Test
        void aHeadThatALaterBatchClaimsIsDamageOfThatOverlayAlone() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                write(life, 1, 1, 7, true);
                write(life, 2, 1, 8, true);
            });
            SimImage damaged = Life.flipped(image.killed(), Life.STORE.resolve(FILE), (4096 + 100) * 8L);
            Life.next(SEED, damaged, life -> {
                assertThat(info(life).state()).isEqualTo(State.UNAVAILABLE);
                assertThat(shown(life, 1)).isEqualTo(1);
                assertThat(life.write("a", 0, 1, 2)).isEqualTo(IoStatus.OK);
                refused(Kind.WRONG_STATE, () -> life.engine().sealOverlay("a@s"));
            });
        }
    }

    @Nested
    class Compacted {
        /** Enough rewrites of a few pieces to make most of the file dead. */
        private static void rewrite(Life life, long times) throws Exception {
            for (long i = 1; i <= times; i++) {
                assertThat(write(life, (int) (i % 5), 1, 100 + i, false)).isEqualTo(IoStatus.OK);
            }
        }

        private static void expectLast(Life life, long times) throws Exception {
            for (long i = times - 4; i <= times; i++) {
                assertThat(read(life, (int) (i % 5))).isEqualTo(100 + i);
            }
        }

        @Test
        void theFileStaysSmallAndNothingIsLost() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                long others = others(life);
                long largest = 0;
                for (long round = 0; round < 20; round++) {
                    rewrite(life, 20);
                    life.sleep(100 * Life.MILLISECOND);
                    largest = Math.max(largest, info(life).bytes());
                    expectLast(life, 20);
                }
                assertThat(largest).isLessThan(20 * 8192);
                assertThat(others(life)).isEqualTo(others);
                rewrite(life, 40);
            });
            SimImage after = Life.next(SEED, image.killed(), life -> expectLast(life, 40));
            assertThat(after.describe()).doesNotContain(".new");
        }

        @Test
        void aCutAtAnyOfItsIosLosesNothingThatWasFlushed() {
            SimImage[] last = new SimImage[1];
            int ios = 0;
            for (int at = 0; ios == 0; at++) {
                int skip = at;
                int[] seen = new int[1];
                boolean[] over = new boolean[1];
                SimImage image = Life.first(SEED, life -> {
                    created(life);
                    hold(life, IoKind.CREATE, FILE + ".new", 100);
                    rewrite(life, 12);
                    assertThat(flush(life)).isEqualTo(IoStatus.OK);
                    boolean[] began = new boolean[1];
                    life.dieAt(event -> {
                        String name = String.valueOf(event.path().getFileName());
                        began[0] |= name.equals(FILE + ".new");
                        boolean counts = began[0]
                                && event.kind().changesState()
                                && event.phase() == dev.gnomon.testkit.IoEvent.Phase.BEFORE;
                        return counts && seen[0]++ == skip;
                    });
                    life.sleep(500 * Life.MILLISECOND);
                    over[0] = true;
                });
                for (SimImage after : new SimImage[] {image.killed(), image.cutKeepingNone(), image.cutKeepingAll()}) {
                    last[0] = Life.next(SEED, after, life -> {
                        expectLast(life, 12);
                        assertThat(life.world().storage().list(Life.STORE)).doesNotContain(FILE + ".new");
                        assertThat(write(life, 9, 1, 1, true)).isEqualTo(IoStatus.OK);
                    });
                }
                ios = over[0] ? at : 0;
            }
            assertThat(ios).as("I/Os that were cut at").isGreaterThan(5);
        }

        @Test
        void aFlushWaitsUntilTheNameOfTheNewFileIsDurable() {
            SimImage image = Life.first(SEED, life -> {
                created(life);
                hold(life, IoKind.CREATE, FILE + ".new", 100);
                rewrite(life, 12);
                hold(life, IoKind.SYNC_DIRECTORY, "store", 300);
                life.sleep(200 * Life.MILLISECOND); // now the new file has the name, and that is not durable
                assertThat(flush(life)).isEqualTo(IoStatus.OK);
            });
            Life.next(SEED, image.cutKeepingNone(), life -> expectLast(life, 12));
        }

        private static void hold(Life life, IoKind kind, String file, long milliseconds) {
            life.world()
                    .storage()
                    .inject(FaultRule.on(kind).file(file).then(new Fault.Stall(milliseconds * Life.MILLISECOND)));
        }

        @Test
        void aFailureToMakeTheNewFileLeavesTheOldOne() {
            Life.first(SEED, life -> {
                created(life);
                life.world()
                        .storage()
                        .inject(FaultRule.on(IoKind.WRITE)
                                .file(FILE + ".new")
                                .always()
                                .then(new Fault.NoSpace()));
                rewrite(life, 20);
                life.sleep(500 * Life.MILLISECOND);
                expectLast(life, 20);
                assertThat(info(life).state()).isEqualTo(State.OPEN);
                assertThat(life.world().storage().list(Life.STORE)).doesNotContain(FILE + ".new");
            });
        }
    }
}

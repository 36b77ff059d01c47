/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.snapshot.OverlayInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * From every state, reached on its legal way, with and without NO_AUTORECOVERY, every sequence of calls and mishaps, against
 * {@link SetModel}: answers, what exists, and that nothing of the engine is held for what does not go on.
 */
class SetSequencesTests {
    /** Calls and mishaps of a sequence, but for a last one. */
    private static final int LENGTH = 3;

    /**
     * Whether the last call is made after every sequence before it, which takes minutes, or once for all sequences that led to
     * the same: {@code -Dgnomon.testArgs=-Dgnomon.vss.all=true}.
     */
    private static final boolean ALL = Boolean.getBoolean("gnomon.vss.all");

    private static final UUID[] SETS = {VssBench.S, VssBench.T};
    private static final SetCall[] STEPS = {
        SetCall.END_PREPARE,
        SetCall.PRE_COMMIT,
        SetCall.COMMIT,
        SetCall.POST_COMMIT,
        SetCall.PRE_FINAL,
        SetCall.POST_FINAL
    };
    private static final int OF_SET = 2 + STEPS.length;
    private static final int MISHAPS = 6;
    private static final int SYMBOLS = 2 * OF_SET + MISHAPS;

    private final Map<SetState, Set<SetCall>> seen = new EnumMap<>(SetState.class);
    private final Set<String> led = new HashSet<>();
    private long sequences;
    private long lasts;

    /** One run of one sequence. */
    private final class Run {
        final VssBench bench = new VssBench();
        final SetModel model;
        final int context;
        private long copies;
        private int otherContext = 0x10;
        private boolean recording = true;

        Run(int context) {
            this.context = context;
            this.model = new SetModel(context != 0);
        }

        /** Takes set S on its legal way for so many steps, or to its end by Abort. */
        void prefix(int steps) {
            if (steps > 0) {
                take(0);
            }
            for (int step = 1; step < steps; step++) {
                take(step);
            }
        }

        /** Returns all that what is to come depends on. */
        String led() {
            StringBuilder text = new StringBuilder();
            text.append(context).append(model).append(otherContext);
            text.append(bench.provider.sets().describe().replace(bench.connectionName(), "me"));
            bench.engine.disk.forEach(
                    (id, set) -> text.append(id).append(set.volumeOf.size()).append(set.overlays.values()));
            return text.append(bench.engine.drafts.size())
                    .append(bench.engine.armed())
                    .toString();
        }

        void take(int symbol) {
            String wrong = symbol < 2 * OF_SET ? ofSet(symbol / OF_SET, symbol % OF_SET) : mishap(symbol - 2 * OF_SET);
            if (!wrong.isEmpty()) {
                throw new AssertionError(wrong);
            }
            String leak = leak();
            if (!leak.isEmpty()) {
                throw new AssertionError(leak);
            }
        }

        private String ofSet(int set, int what) {
            UUID id = SETS[set];
            note(set, what);
            int expected;
            int actual;
            if (what == 0) {
                String volume = model.current == set && model.steps == 1 ? VssBench.W : VssBench.V;
                expected = model.begin(set);
                actual = bench.begin(id, new UUID(set + 2, ++copies), volume, context);
            } else if (what <= STEPS.length) {
                expected = model.step(set, what);
                actual = switch (what) {
                    case 1 -> bench.endPrepare(id);
                    case 2 -> bench.preCommit(id);
                    case 3 -> bench.commit(id);
                    case 4 -> bench.postCommit(id, 2);
                    case 5 -> bench.preFinal(id);
                    default -> bench.postFinal(id);
                };
            } else {
                expected = model.abort(set);
                actual = bench.abort(id);
            }
            return differ(name(set * OF_SET + what), expected, actual);
        }

        private void note(int set, int what) {
            if (!recording) {
                return;
            }
            SetState state = bench.state(SETS[set]);
            SetCall call = what == 0 ? SetCall.BEGIN : what <= STEPS.length ? STEPS[what - 1] : SetCall.ABORT;
            saw(state, call);
            if (what == 0) {
                saw(bench.state(SETS[1 - set]), SetCall.BEGIN_OTHER);
            }
        }

        private String mishap(int which) {
            switch (which) {
                case 0 -> {
                    int expected = model.setContext();
                    int actual = bench.code(new ProviderCall.SetContext(otherContext));
                    otherContext = actual == Hresult.S_OK ? 0x10 - otherContext : otherContext;
                    return differ("SetContext", expected, actual);
                }
                case 1 -> {
                    int expected = model.delete(0);
                    return differ(
                            "DeleteSnapshots",
                            expected,
                            bench.code(new ProviderCall.DeleteSnapshots(VssBench.S, 2, false)));
                }
                case 2 -> {
                    model.unload();
                    return differ("OnUnload", Hresult.S_OK, bench.code(new ProviderCall.OnUnload(true)));
                }
                case 3 -> {
                    model.disconnect();
                    bench.connection.close();
                    bench.connect();
                    otherContext = 0x10;
                }
                case 4 -> {
                    model.expire();
                    bench.clock.advance(Duration.ofNanos(CurrentSet.EXPIRY_NANOS));
                    bench.provider.machine().expire();
                }
                default -> {
                    model.restart();
                    bench.engine.crash();
                    bench.start();
                    otherContext = 0x10;
                }
            }
            return "";
        }

        private String differ(String call, int expected, int actual) {
            return expected == actual
                    ? ""
                    : call + ": expected " + Hresult.text(expected) + ", got " + Hresult.text(actual);
        }

        /** Returns what the provider or the engine holds that it should not, or lacks. */
        private String leak() {
            int on = model.current < 0 ? 0 : model.steps;
            long armed = bench.engine.armed();
            int drafts = bench.engine.drafts.size();
            if (armed != (on == 3 || on == 4 ? 1 : 0) || drafts != (on >= 2 && on <= 4 ? 1 : 0)) {
                return "after " + on + " steps " + armed + " of " + drafts + " drafts are armed";
            }
            for (int set = 0; set < SETS.length; set++) {
                FakeEngine.Recorded recorded = bench.engine.disk.get(SETS[set]);
                int expected = model.exists(set) ? model.copies[set] : 0;
                int actual = recorded == null ? 0 : recorded.volumeOf.size();
                if (actual != expected) {
                    return "set " + set + " has " + actual + " copies, expected " + expected;
                }
                boolean open = recorded != null && recorded.overlays.containsValue(OverlayInfo.State.OPEN);
                if (open != (model.current == set && model.steps == 6)) {
                    return "set " + set + (open ? " can be written to" : " cannot be written to");
                }
            }
            return "";
        }
    }

    private void saw(SetState state, SetCall call) {
        seen.computeIfAbsent(state, s -> EnumSet.noneOf(SetCall.class)).add(call);
    }

    private static String name(int symbol) {
        if (symbol >= 2 * OF_SET) {
            return List.of("SetContext", "DeleteSnapshots(S)", "OnUnload(TRUE)", "disconnect", "expiry", "restart")
                    .get(symbol - 2 * OF_SET);
        }
        int what = symbol % OF_SET;
        String call = what == 0 ? "BEGIN" : what <= STEPS.length ? STEPS[what - 1].name() : "ABORT";
        return call + (symbol < OF_SET ? "(S)" : "(T)");
    }

    @Test
    void everySequenceDoesWhatTheModelDoes() {
        long begun = System.nanoTime();
        for (int context : new int[] {0, Contexts.NO_AUTORECOVERY}) {
            int states = context == 0 ? 7 : 5;
            for (int steps = 0; steps <= states; steps++) {
                explore(context, steps, false);
            }
            explore(context, 1, true);
        }
        reentered();
        System.out.println("FIGURE VSS sequences: " + sequences + " of length " + LENGTH + " led to " + led.size()
                + " states, " + lasts + " of length " + (LENGTH + 1) + " in "
                + (System.nanoTime() - begun) / 1_000_000_000 + " s");
        print();
        for (SetState state : SetState.values()) {
            assertThat(seen.get(state)).as("calls seen in state %s", state).containsExactly(SetCall.values());
        }
    }

    private void explore(int context, int steps, boolean aborted) {
        int[] sequence = new int[LENGTH + 1];
        do {
            sequences++;
            Run run = run(context, steps, aborted, sequence, LENGTH);
            boolean isNew = led.add(run.led());
            for (int last = 0; last < SYMBOLS && (isNew || ALL); last++) {
                sequence[LENGTH] = last;
                run(context, steps, aborted, sequence, LENGTH + 1);
                lasts++;
            }
        } while (next(sequence));
    }

    private Run run(int context, int steps, boolean aborted, int[] sequence, int length) {
        Run run = new Run(context);
        run.recording = length > LENGTH; // asking for states costs as much as the calls
        int taken = -1;
        try {
            run.prefix(steps);
            if (aborted) {
                run.take(OF_SET - 1);
            }
            for (taken = 0; taken < length; taken++) {
                run.take(sequence[taken]);
            }
            if (length > LENGTH) {
                run.bench.provider.close();
                assertThat(run.bench.engine.drafts).isEmpty();
            }
            return run;
        } catch (AssertionError e) {
            List<String> names = new ArrayList<>();
            for (int i = 0; i <= Math.min(taken, length - 1); i++) {
                names.add(name(sequence[i]));
            }
            throw new AssertionError(
                    "context " + context + ", " + steps + " steps" + (aborted ? ", aborted" : "") + ", then " + names
                            + ": " + e.getMessage(),
                    e);
        }
    }

    private static boolean next(int[] sequence) {
        for (int i = LENGTH - 1; i >= 0; i--) {
            if (++sequence[i] < SYMBOLS) {
                return true;
            }
            sequence[i] = 0;
        }
        return false;
    }

    // ---- calls that come while another one is on its way

    private void reentered() {
        for (SetState state : SetState.values()) {
            if (state.isProcessing()) {
                for (SetCall call : SetCall.values()) {
                    saw(state, call);
                    reenter(state, call);
                }
            }
        }
    }

    /** Makes a call in the middle of another one, and holds both to the contract. */
    private static void reenter(SetState during, SetCall call) {
        VssBench bench = new VssBench();
        int[] answer = {-1};
        Runnable inside = () -> {
            if (answer[0] == -1 && bench.state(VssBench.S) == during) {
                answer[0] = 0;
                answer[0] = make(bench, call);
            }
        };
        bench.engine.hook = step -> inside.run();
        bench.surface.hook = step -> inside.run();
        bench.bring(VssBench.S, new UUID(2, 1), 0, SetState.CREATED);
        boolean exists = during.exists();
        String where = call + " in " + during;
        assertThat(answer[0])
                .as(where)
                .isEqualTo(
                        call == SetCall.ABORT || call == SetCall.BEGIN_OTHER
                                ? Hresult.S_OK
                                : Hresult.VSS_E_PROVIDER_VETO);
        SetState expected = switch (call) {
            case ABORT -> SetState.ABORTED;
            case BEGIN_OTHER -> exists ? SetState.CREATED : SetState.ABORTED;
            default -> SetState.CREATED;
        };
        assertThat(bench.state(VssBench.S)).as(where).isEqualTo(expected);
        assertThat(bench.engine.disk.containsKey(VssBench.S)).as(where).isEqualTo(expected == SetState.CREATED);
        assertThat(bench.surface.writable).as(where).isEmpty();
        bench.provider.close();
        assertThat(bench.engine.drafts).as(where).isEmpty();
    }

    private static int make(VssBench bench, SetCall call) {
        UUID id = VssBench.S;
        return switch (call) {
            case BEGIN -> bench.begin(id, new UUID(2, 9), VssBench.W, 0);
            case BEGIN_OTHER -> bench.begin(VssBench.T, new UUID(2, 9), VssBench.W, 0);
            case END_PREPARE -> bench.endPrepare(id);
            case PRE_COMMIT -> bench.preCommit(id);
            case COMMIT -> bench.commit(id);
            case POST_COMMIT -> bench.postCommit(id, 1);
            case PRE_FINAL -> bench.preFinal(id);
            case POST_FINAL -> bench.postFinal(id);
            case ABORT -> bench.abort(id);
        };
    }

    private void print() {
        System.out.println("FIGURE cells of the table that were entered:");
        seen.forEach((state, calls) -> System.out.println(
                "FIGURE   " + state + ": " + new TreeSet<>(calls).size() + " of " + SetCall.values().length));
    }
}

/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.ManualClock;
import dev.gnomon.vss.Hresult;
import dev.gnomon.vss.ProviderAnswer;
import dev.gnomon.vss.ProviderCall;
import dev.gnomon.vss.ProviderResult;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TraceTests {
    private static final UUID SET = UUID.fromString("3629d4ed-ee09-4e0e-9a5c-6d8ba2872aef");

    private final ManualClock clock = new ManualClock();
    private final Trace trace = new Trace(clock);

    @Test
    void phaseFollowsTheCallsOfASet() {
        call(new ProviderCall.EndPrepareSnapshots(SET));
        call(new ProviderCall.PreCommitSnapshots(SET));
        call(new ProviderCall.CommitSnapshots(SET));
        call(new ProviderCall.PostCommitSnapshots(SET, 1, 3));
        call(new ProviderCall.PreFinalCommitSnapshots(SET));

        assertThat(trace.list(0).stream().map(Trace.Call::phase))
                .containsExactly(
                        Trace.Phase.THAWED,
                        Trace.Phase.FROZEN,
                        Trace.Phase.HELD,
                        Trace.Phase.FROZEN,
                        Trace.Phase.THAWED);
    }

    @Test
    void otherCallsMeanwhileTellThatWritesAreHeld() {
        Trace.Begun commit = trace.begin("one", 1, new ProviderCall.CommitSnapshots(SET));
        Trace.Begun query = trace.begin("two", 1, new ProviderCall.IsVolumeSupported("V:\\"));
        end(query, ProviderAnswer.ok(new ProviderResult.Supported(true)), "");
        end(commit, ProviderAnswer.ok(), "");

        assertThat(trace.list(0).getFirst().phase()).isEqualTo(Trace.Phase.HELD);
        assertThat(trace.list(1)).hasSize(1);
    }

    @Test
    void answeredCommitHoldsNothingAlthoughItIsNotYetRecorded() {
        trace.answered(trace.begin("one", 1, new ProviderCall.CommitSnapshots(SET)));
        call(new ProviderCall.Probe());

        assertThat(trace.list(0).getFirst().phase()).isEqualTo(Trace.Phase.FROZEN);
        assertThat(trace.list(0).getFirst().sequence()).isEqualTo(2);
    }

    @Test
    void goneProcessThawsWhatItFroze() {
        trace.begin("one", 1, new ProviderCall.CommitSnapshots(SET));
        trace.forget("one");
        call(new ProviderCall.OnLoad());

        assertThat(trace.list(0).getFirst().phase()).isEqualTo(Trace.Phase.THAWED);
    }

    @Test
    void callIsToldWithArgumentsResultAndTime() {
        Trace.Begun begun = trace.begin("process 7", 3, new ProviderCall.OnUnload(true));
        clock.advance(Duration.ofMillis(5));
        end(begun, ProviderAnswer.failed(Hresult.VSS_E_PROVIDER_VETO, "no\nway"), "hang");

        Trace.Call call = trace.list(0).getFirst();
        assertThat(call.call()).isEqualTo("OnUnload");
        assertThat(call.arguments()).hasToString("{\"force\":true}");
        assertThat(call.hresult()).isEqualTo("0x80042306");
        assertThat(call.reason()).isEqualTo("no way");
        assertThat(call.durationNanos()).isEqualTo(5_000_000);
        assertThat(call.object()).isEqualTo(3);
        assertThat(call.fault()).isEqualTo("hang");
    }

    @Test
    void queryIsKeptAsACountAndLongTextsAreCut() {
        Trace.Begun begun = trace.begin("x", 1, new ProviderCall.IsVolumeSupported("v".repeat(30_000)));
        end(begun, ProviderAnswer.ok(new ProviderResult.Snapshots(List.of())), "");

        Trace.Call call = trace.list(0).getFirst();
        assertThat(call.result()).hasToString("{\"count\":0}");
        assertThat(call.arguments().toString().length()).isLessThan(400);
    }

    @Test
    void newestCallsAreKept() {
        for (int i = 0; i < Trace.CAPACITY + 3; i++) {
            call(new ProviderCall.Probe());
        }
        List<Trace.Call> kept = trace.list(0);

        assertThat(kept).hasSize(Trace.CAPACITY);
        assertThat(kept.getFirst().sequence()).isEqualTo(4);
        trace.clear();
        assertThat(trace.list(0)).isEmpty();
    }

    private void call(ProviderCall call) {
        end(trace.begin("process 1", 1, call), ProviderAnswer.ok(), "");
    }

    private void end(Trace.Begun begun, ProviderAnswer answer, String fault) {
        trace.record(trace.answered(begun), answer, fault);
    }
}

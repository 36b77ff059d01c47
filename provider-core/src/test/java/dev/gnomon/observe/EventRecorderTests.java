/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventRecorderTests {
    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final EventRecorder recorder = new EventRecorder(() -> now);

    @Test
    void newestEventsAreKeptAndNumbersGoOn() {
        for (int i = 1; i <= EventRecorder.CAPACITY + 10; i++) {
            recorder.tell(Event.ofSet(EventId.SET_CREATED, "s" + i, "taken"));
        }

        List<RecordedEvent> kept = recorder.list(0, Instant.EPOCH);
        assertThat(kept).hasSize(EventRecorder.CAPACITY);
        assertThat(kept.getFirst().sequence()).isEqualTo(11);
        assertThat(kept.getLast().event().set()).isEqualTo("s" + (EventRecorder.CAPACITY + 10));
        assertThat(recorder.take()).as("what nobody wrote is bounded too").hasSize(EventRecorder.CAPACITY);
    }

    @Test
    void listIsCutBySequenceAndByTime() {
        recorder.tell(Event.of(EventId.SERVICE_STARTED, "one"));
        now = now.plusSeconds(5);
        recorder.tell(Event.of(EventId.SERVICE_STOPPING, "two"));

        assertThat(recorder.list(1, Instant.EPOCH))
                .extracting(e -> e.event().message())
                .containsExactly("two");
        assertThat(recorder.list(0, now)).extracting(e -> e.event().message()).containsExactly("two");
        assertThat(recorder.list(2, Instant.EPOCH)).isEmpty();
    }

    @Test
    void whatRepeatsWithinAMinuteIsCountedAndToldWithTheNext() {
        for (int i = 0; i < 42; i++) {
            recorder.tell(Event.ofCopy(EventId.COPY_UNREADABLE, "c", "offset " + i));
            recorder.tell(Event.ofCopy(EventId.COPY_UNREADABLE, "d", "offset " + i));
        }
        assertThat(recorder.list(0, Instant.EPOCH))
                .extracting(RecordedEvent::suppressed)
                .containsExactly(0L, 0L);
        now = now.plus(Duration.ofMinutes(1));
        recorder.tell(Event.ofCopy(EventId.COPY_UNREADABLE, "c", "offset 42"));

        assertThat(recorder.list(2, Instant.EPOCH))
                .extracting(RecordedEvent::suppressed)
                .containsExactly(41L);
        assertThat(recorder.counts()).containsEntry(EventId.COPY_UNREADABLE, 85L);
    }

    @Test
    void whatMustNotBeMissedIsNeverLeftOut() {
        recorder.tell(Event.ofVolume(EventId.VOLUME_FAILED, "data", "a flush failed"));
        recorder.tell(Event.ofVolume(EventId.VOLUME_FAILED, "data", "a flush failed"));

        assertThat(recorder.list(0, Instant.EPOCH)).hasSize(2);
    }

    @Test
    void betweenPauseAndResumeNothingIsHandedOut() throws InterruptedException {
        List<String> written = new CopyOnWriteArrayList<>();
        CountDownLatch ended = new CountDownLatch(1);
        Thread.ofPlatform().daemon().start(() -> {
            for (List<RecordedEvent> events = recorder.take(); !events.isEmpty(); events = recorder.take()) {
                events.forEach(event -> written.add(event.event().message()));
                recorder.written();
            }
            ended.countDown();
        });
        recorder.tell(Event.of(EventId.SERVICE_STARTED, "before"));
        assertThat(recorder.awaitWritten(Duration.ofSeconds(20))).isTrue();

        recorder.pause();
        recorder.pause();
        recorder.tell(Event.of(EventId.STORE_FAILED, "during"));
        recorder.resume();
        assertThat(recorder.awaitWritten(Duration.ofMillis(100)))
                .as("one pause is left")
                .isFalse();
        assertThat(written).containsExactly("before");
        assertThat(recorder.list(1, Instant.EPOCH)).as("in memory it is").hasSize(1);

        recorder.resume();
        assertThat(recorder.awaitWritten(Duration.ofSeconds(20))).isTrue();
        assertThat(written).containsExactly("before", "during");
        recorder.close();
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(recorder::resume).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPauseWaitsForTheWriteUnderWay() throws InterruptedException {
        recorder.tell(Event.of(EventId.SERVICE_STARTED, "being written"));
        assertThat(recorder.take()).hasSize(1);
        CountDownLatch paused = new CountDownLatch(1);
        Thread pauser = Thread.ofPlatform().daemon().start(() -> {
            recorder.pause();
            paused.countDown();
        });
        while (pauser.getState() != Thread.State.TIMED_WAITING && paused.getCount() > 0) {
            Thread.onSpinWait();
        }
        assertThat(paused.getCount()).isEqualTo(1);

        recorder.written();
        assertThat(paused.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aPauseDoesNotWaitForEverForAWriteThatHangs() {
        recorder.tell(Event.of(EventId.SERVICE_STARTED, "hangs"));
        assertThat(recorder.take()).hasSize(1);

        recorder.pause();

        assertThat(recorder.list(0, Instant.EPOCH)).hasSize(1);
    }

    @Test
    void historyOfAnEarlierLifeComesFirstAndIsNotWrittenAgain() {
        recorder.restore(List.of(
                new RecordedEvent(7, now, 0, Event.of(EventId.SERVICE_STARTED, "a")),
                new RecordedEvent(9, now, 3, Event.of(EventId.SERVICE_STOPPED, "b")),
                new RecordedEvent(4, now, 0, Event.of(EventId.SERVICE_STOPPED, "out of order"))));
        recorder.tell(Event.of(EventId.SERVICE_STARTED, "c"));

        assertThat(recorder.list(0, Instant.EPOCH))
                .extracting(RecordedEvent::sequence)
                .containsExactly(7L, 9L, 10L);
        assertThat(recorder.take()).extracting(RecordedEvent::sequence).containsExactly(10L);
        assertThat(recorder.counts()).containsOnlyKeys(EventId.SERVICE_STARTED);
    }
}

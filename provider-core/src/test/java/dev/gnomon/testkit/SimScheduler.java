/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks exactly one at a time and decides by its seed, at every port call, who is next.
 *
 * <p>The main body runs on the calling thread, each started task on a virtual thread of its own; a baton goes from one to
 * the other. Time is virtual: it moves by the cost of simulated I/O, and jumps to the earliest timer when nobody can
 * run. When nobody can run and there is no timer, {@link #run} throws {@link SimDeadlock}. What a body throws ends the
 * run and is thrown by it. {@link #halt} kills the simulated process: from then on every port call throws
 * {@link SimHalted}, so that all tasks unwind.
 *
 * <p>While no second task exists, a switch point costs a few nanoseconds. A world is used for one run only, but port
 * calls before and after it work on the calling thread, without switching, as long as they need not wait. A run inside
 * another one, from an {@link IoListener}, is fine. Not thread-safe otherwise, on purpose.
 *
 * <p>Switches are fastest if the JVM runs with {@code -Djdk.virtualThreadScheduler.parallelism=1} and {@link #run} is
 * called on a virtual thread.
 */
public final class SimScheduler implements Scheduler {
    /** How a run ended. */
    public enum Outcome {
        /** Main and all tasks returned. */
        ENDED,
        /** {@link #halt} was called. */
        HALTED
    }

    /** Switch points until a run counts as one that will not end. */
    private static final long STEPS_MAX = 200_000_000;

    /** Times that a dead task may swallow {@link SimHalted} before it is left behind. */
    private static final int SWALLOWED_MAX = 1000;

    /** Of 100 waits on a condition, how many return without a signal. */
    private static final int SPURIOUS_PERCENT = 3;

    private final Xoshiro256 random;
    private final List<SimTask> live = new ArrayList<>();
    private final List<SimTask> ready = new ArrayList<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final SimTask outside = new SimTask("outside", () -> {});
    private volatile @Nullable SimTask current;
    private volatile boolean over;
    private @Nullable Thread mainThread;
    private @Nullable Throwable failure;
    private boolean halted;
    private long nowNanos;
    private long steps;
    private long timerCount;
    private long signature;

    /** Creates a scheduler whose choices follow from the seed. */
    public SimScheduler(long seed) {
        random = new Xoshiro256(seed);
    }

    /**
     * Runs main and everything that it starts until all of it has ended or the process is halted.
     *
     * @throws SimDeadlock if nobody can run
     * @throws RuntimeException what a body threw, with the task's name as a suppressed exception; errors likewise
     */
    public Outcome run(Runnable main) {
        if (current != null || over || halted) {
            throw new IllegalStateException("a world runs once");
        }
        SimTask me = new SimTask("main", main);
        mainThread = Thread.currentThread();
        me.thread = mainThread;
        live.addFirst(me);
        current = me;
        me.runBody();
        while (!over) {
            LockSupport.park(this);
        }
        current = null;
        Throwable thrown = failure;
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        if (thrown != null) {
            throw new AssertionError(thrown);
        }
        return halted ? Outcome.HALTED : Outcome.ENDED;
    }

    /** Kills the simulated process; throws {@link SimHalted} if called from inside of it. */
    public void halt() {
        halted = true;
        if (current != null) {
            throw new SimHalted();
        }
    }

    /** Returns whether the process was killed. */
    public boolean isHalted() {
        return halted;
    }

    /** Returns the virtual time since the world began. */
    public long nowNanos() {
        return nowNanos;
    }

    /** Returns a number that two runs share exactly if they made the same switches. */
    public long signature() {
        return signature;
    }

    /** Moves the virtual time on, without a switch. */
    public void advance(long nanos) {
        nowNanos += nanos;
    }

    /** Lets the calling task wait in virtual time while others run. */
    public void sleep(long nanos) {
        SimTask me = enter();
        if (current == null) {
            nowNanos += nanos;
            return;
        }
        timers.add(new Timer(nowNanos + nanos, timerCount++, me, me.wait("sleep")));
        block(me);
    }

    /** Gives every other task that can run its chance; throws {@link SimHalted} if the process is dead. */
    public void switchPoint() {
        SimTask me = enter();
        if (!timers.isEmpty()) {
            fireTimers();
        }
        int others = ready.size();
        if (others == 0 || current == null) {
            return;
        }
        int pick = random.nextInt(others + 1);
        if (pick < others) {
            SimTask next = ready.set(pick, me);
            transfer(me, next);
        }
    }

    @Override
    public Task start(String name, Runnable body) {
        enter();
        SimTask task = new SimTask(name, body);
        live.add(task);
        ready.add(task);
        switchPoint();
        return task;
    }

    @Override
    public Mutex newMutex() {
        return new SimMutex(this);
    }

    /** Returns the name of the task that runs. */
    public String taskName() {
        return me().name;
    }

    /** Returns the running task, or a stand-in before and after the run. */
    SimTask me() {
        SimTask me = current;
        return me == null ? outside : me;
    }

    /** Checks that the caller may call a port now, and returns its task. */
    SimTask enter() {
        SimTask me = me();
        if (me != outside && me.thread != Thread.currentThread()) {
            throw new IllegalStateException(
                    "port call from a thread outside of the simulation while task " + me.name + " runs");
        }
        if (halted) {
            me.swallowed++;
            if (me.swallowed > SWALLOWED_MAX && me.thread != null && me.thread.isVirtual()) {
                abandon(me);
            }
            throw new SimHalted();
        }
        if (++steps > STEPS_MAX) {
            fail(me, new AssertionError("no end after " + STEPS_MAX + " port calls"));
            throw new SimHalted();
        }
        return me;
    }

    boolean spurious() {
        return random.percent(SPURIOUS_PERCENT);
    }

    /** Waits until somebody calls {@link #wake} with the task's present wait. */
    void block(SimTask me) {
        if (me == outside) {
            throw new IllegalStateException("waiting for " + me.waits + " outside of the run would never end");
        }
        SimTask next = next();
        if (next == null) {
            fail(me, new SimDeadlock(waiting()));
            throw new SimHalted();
        }
        if (next != me) {
            transfer(me, next);
        }
    }

    void wake(SimTask task) {
        task.waits = null;
        ready.add(task);
    }

    /** Wakes a task if it is still in the given wait. */
    void wake(SimTask task, Wait wait) {
        if (task.waits == wait) {
            wake(task);
        }
    }

    /** Wakes the calling task at a time unless the given wait has ended by then. */
    void wakeAt(long atNanos, SimTask me, Wait wait) {
        timers.add(new Timer(atNanos, timerCount++, me, wait));
    }

    private @Nullable SimTask next() {
        fireTimers();
        while (ready.isEmpty()) {
            Timer earliest = timers.peek();
            if (earliest == null) {
                return null;
            }
            nowNanos = Math.max(nowNanos, earliest.atNanos);
            fireTimers();
        }
        int pick = random.nextInt(ready.size());
        SimTask next = ready.get(pick);
        SimTask last = ready.removeLast();
        if (pick < ready.size()) {
            ready.set(pick, last);
        }
        return next;
    }

    private void fireTimers() {
        for (Timer t = timers.peek(); t != null && t.atNanos <= nowNanos; t = timers.peek()) {
            timers.poll();
            if (t.task.waits == t.of) {
                t.of.timedOut = true;
                wake(t.task);
            }
        }
    }

    private void transfer(SimTask me, SimTask next) {
        give(next);
        while (current != me) {
            LockSupport.park(this);
        }
        if (halted) {
            throw new SimHalted();
        }
    }

    private void give(SimTask next) {
        signature = signature * 31 + next.name.hashCode();
        current = next;
        next.resume();
    }

    private void fail(SimTask task, Throwable thrown) {
        halted = true;
        if (failure == null) {
            thrown.addSuppressed(
                    new IllegalStateException("in task " + task.name + " after " + nowNanos + " virtual ns"));
            failure = thrown;
        }
    }

    private String waiting() {
        StringBuilder text = new StringBuilder();
        for (SimTask task : live) {
            text.append("\n  ").append(task.name).append(": ").append(task.waits);
        }
        return text.toString();
    }

    /** Takes an ended task out and hands the baton on; the last one ends the run. */
    private void end(SimTask me) {
        me.ended = true;
        live.remove(me);
        if (live.isEmpty()) {
            over = true;
            LockSupport.unpark(mainThread);
            return;
        }
        if (!halted) {
            me.joiners.forEach(this::wake);
            SimTask next = next();
            if (next != null) {
                give(next);
                return;
            }
            fail(me, new SimDeadlock(waiting()));
        }
        give(live.getFirst());
    }

    /** Leaves a task behind that catches everything and goes on for ever. Its thread becomes garbage. */
    private void abandon(SimTask me) {
        fail(me, new AssertionError("task " + me.name + " swallows SimHalted"));
        end(me);
        while (true) {
            LockSupport.park(this);
        }
    }

    /** What a task waits for. */
    static final class Wait {
        private final String what;
        boolean timedOut;

        Wait(String what) {
            this.what = what;
        }

        @Override
        public String toString() {
            return what;
        }
    }

    private record Timer(long atNanos, long number, SimTask task, Wait of) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    /** One task; its fields belong to whoever has the baton. */
    final class SimTask implements Task {
        final String name;
        private final Runnable body;
        private final List<SimTask> joiners = new ArrayList<>();
        private volatile @Nullable Thread thread;
        private @Nullable Wait waits;
        private boolean ended;
        private int swallowed;

        SimTask(String name, Runnable body) {
            this.name = name;
            this.body = body;
        }

        Wait wait(String what) {
            Wait wait = new Wait(what);
            waits = wait;
            return wait;
        }

        private void resume() {
            Thread running = thread;
            if (running == null) {
                Thread fresh = Thread.ofVirtual().name(name).unstarted(this::runBody);
                thread = fresh;
                fresh.start();
            } else {
                LockSupport.unpark(running);
            }
        }

        private void runBody() {
            try {
                if (!halted) {
                    body.run();
                }
            } catch (Throwable thrown) {
                if (!halted || !(thrown instanceof SimHalted)) {
                    fail(this, thrown);
                }
            } finally {
                end(this);
            }
        }

        @Override
        public void join() {
            switchPoint();
            while (!ended) {
                SimTask me = me();
                joiners.add(me);
                me.wait("the end of task " + name);
                block(me);
            }
        }
    }
}

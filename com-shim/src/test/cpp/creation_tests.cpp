// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The making of a set through the shim: order, deadlines, events, faults, life of the connection.
#include "gnomon/identities.h"
#include "world.h"

namespace gnomon::test {

TEST_CASE("setIsMadeOnOneConnectionAndCommitTellsHowLongItTook") {
    FakeService service;
    service.on("CommitSnapshots", [](const Received&) {
        Sleep(120);
        return ok();
    });
    const Object object;
    const Events events;
    CHECK(object.copies->BeginPrepareSnapshot(kSet, kCopy, volumeName(), 9) == S_OK);
    CHECK(object.sets->EndPrepareSnapshots(kSet) == S_OK);
    CHECK(object.sets->PreCommitSnapshots(kSet) == S_OK);
    CHECK(object.sets->CommitSnapshots(kSet) == S_OK);
    CHECK(object.sets->PostCommitSnapshots(kSet, 3) == S_OK);
    CHECK(object.sets->PreFinalCommitSnapshots(kSet) == S_OK);
    CHECK(object.sets->PostFinalCommitSnapshots(kSet) == S_OK);
    CHECK(service.connections() == 1);
    CHECK(events.count() == 0);
    const Received commit = service.last("CommitSnapshots");
    CHECK(commit.withinMillis > 4000);
    CHECK(commit.withinMillis <= 5000);
    CHECK(service.last("EndPrepareSnapshots").withinMillis > 590'000);
    CHECK(service.last("PreCommitSnapshots").withinMillis <= 2000);
    const std::string post = service.last("PostCommitSnapshots").text;
    const std::string field = "\"commitMillis\":";
    const int millis = std::stoi(post.substr(post.find(field) + field.size()));
    CHECK(millis >= 115);
    CHECK(millis < 2000);
}

TEST_CASE("abortIsHeardWhileEndPrepareWaits") {
    FakeService service;
    const Handle aborted(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    service.on("EndPrepareSnapshots", [&aborted](const Received&) {
        WaitForSingleObject(aborted.get(), 20'000);
        return error("0x80042306", "aborted");
    });
    service.on("AbortSnapshots", [&aborted](const Received&) {
        SetEvent(aborted.get());
        return ok();
    });
    const Object object;
    HRESULT prepared = S_OK;
    std::thread preparing([&] { prepared = object.sets->EndPrepareSnapshots(kSet); });
    while (service.count("EndPrepareSnapshots") == 0) Sleep(5);
    Sleep(2500);  // past the first sign of life
    const Stopwatch watch;
    CHECK(object.sets->AbortSnapshots(kSet) == S_OK);
    CHECK(watch.millis() < 1000);
    preparing.join();
    CHECK(prepared == kVeto);
    CHECK(service.count("Probe") > 0);
    CHECK(service.connections() == 1);
}

TEST_CASE("commitWithoutAnswerIsVetoedBeforeSixSecondsAndEndsTheConnection") {
    FakeService service;
    Object object;
    CHECK(object.sets->PreCommitSnapshots(kSet) == S_OK);
    service.on("CommitSnapshots", std::string());
    const Stopwatch watch;
    CHECK(object.sets->CommitSnapshots(kSet) == kVeto);
    CHECK(watch.millis() < 6000);
    CHECK(watch.millis() > 5000);
    CHECK(service.disconnected(1000));
    CHECK(object.sets->AbortSnapshots(kSet) == S_OK);
    REQUIRE(recovers(service, object));
}

TEST_CASE("nothingIsConnectedWhileWritesAreHeld") {
    FakeService service;
    Object object;
    CHECK(object.sets->PreCommitSnapshots(kSet) == S_OK);
    service.drop();
    REQUIRE(service.disconnected());
    CHECK(object.sets->CommitSnapshots(kSet) == kVeto);
    BOOL supported = TRUE;
    CHECK(object.copies->IsVolumeSupported(volumeName(), &supported) == S_OK);
    CHECK(supported == FALSE);
    CHECK(service.connections() == 1);
    CHECK(object.sets->AbortSnapshots(kSet) == S_OK);
    CHECK(recovers(service, object));
    CHECK(service.connections() == 2);
}

TEST_CASE("eventsAreKeptUntilWritesAreReleased") {
    FakeService service;
    service.on("CommitSnapshots", error("0x80042306", "volume data: the deadline has passed"));
    const Object object;
    for (const bool aborted : {false, true}) {
        CAPTURE(aborted);
        const Events events;
        CHECK(object.sets->PreCommitSnapshots(kSet) == S_OK);
        CHECK(object.sets->CommitSnapshots(kSet) == kVeto);
        CHECK(events.count() == 0);
        CHECK((aborted ? object.sets->AbortSnapshots(kSet) : object.sets->PostCommitSnapshots(kSet, 1)) == S_OK);
        REQUIRE(events.count() == 1);
        const Event event = events.all()[0];
        CHECK(event.id == GNOMON_EVENT_REFUSED);
        CHECK(event.what == L"CommitSnapshots");
        CHECK(event.subject == L"{bbbbbbbb-0000-4000-8000-000000000001}");
        CHECK(event.result == L"0x80042306");
        CHECK(event.detail == L"volume data: the deadline has passed");
    }
}

TEST_CASE("eventsAreWrittenAlsoIfVssNeverCallsAgain") {
    FakeService service;
    const Object object;
    const Events events;
    CHECK(object.sets->PreCommitSnapshots(kSet) == S_OK);
    Runtime& runtime = Runtime::get();
    runtime.window().begin(700);  // instead of a minute, of which the housekeeper must hear
    runtime.keepHouse();
    service.on("CommitSnapshots", error("0x80042306"));
    CHECK(object.sets->CommitSnapshots(kSet) == kVeto);
    CHECK(events.count() == 0);
    const Stopwatch watch;
    while (events.count() == 0 && watch.millis() < 5000) Sleep(10);
    CHECK(events.count() == 1);
    CHECK(watch.millis() >= 500);
}

TEST_CASE("eventsAreBoundedAndTellHowManyAreMissing") {
    FreezeWindow window;
    EventLog log(window);
    static std::vector<std::wstring> details;
    details.clear();
    log.setSink([](const Event& event) noexcept { details.push_back(event.detail); });
    window.begin();
    for (int i = 0; i < 300; ++i) {
        Event event;
        event.detail = std::to_wstring(i);
        log.report(std::move(event));
    }
    CHECK(details.empty());
    window.end();
    log.flush();
    REQUIRE(details.size() == 256);
    CHECK(details.front() == L"0");
    CHECK(details.back() == L"255 (and 44 more events that were not kept)");
}

TEST_CASE("childThatIsKilled" * doctest::skip()) {
    FakeService service;
    service.on("SetContext", ok() + R"(,"fault":{"action":"kill"})");
    const Object object;
    object.copies->SetContext(0);
    FAIL("it lives");
}

TEST_CASE("injectedKillEndsTheProcessThatLoadedTheProvider") {
    wchar_t program[600] = {};
    GetModuleFileNameW(nullptr, program, 600);
    std::wstring line = L"\"" + std::wstring(program) + L"\" -tc=childThatIsKilled --no-skip";
    STARTUPINFOW startup{};
    startup.cb = sizeof(startup);
    PROCESS_INFORMATION process{};
    REQUIRE(CreateProcessW(program, line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup, &process));
    const Handle child(process.hProcess);
    const Handle thread(process.hThread);
    REQUIRE(WaitForSingleObject(child.get(), 60'000) == WAIT_OBJECT_0);
    DWORD code = 0;
    GetExitCodeProcess(child.get(), &code);
    CHECK(code == ERROR_PROCESS_ABORTED);
}

TEST_CASE("unknownIdsAndAbortsAreNoEvents") {
    FakeService service;
    service.on("GetSnapshotProperties", error("0x80042308"));
    service.on("AbortSnapshots", error("0x80042306"));
    const Object object;
    const Events events;
    VSS_SNAPSHOT_PROP properties{};
    CHECK(object.copies->GetSnapshotProperties(kCopy, &properties) == kNotFound);
    CHECK(object.sets->AbortSnapshots(kSet) == kVeto);
    CHECK(events.count() == 0);
    service.on("EndPrepareSnapshots", error("0x8004231F", "the diff area is full"));
    CHECK(object.sets->EndPrepareSnapshots(kSet) == VSS_E_INSUFFICIENT_STORAGE);
    CHECK(events.count() == 1);
}

TEST_CASE("injectedFaultsHappenAfterEverythingElse") {
    FakeService service;
    const Object object;
    BOOL supported = TRUE;
    // An HRESULT that no table knows leaves as it is, and out-parameters stay empty.
    service.on("IsVolumeSupported", ok(R"({"supported":true})") + R"(,"fault":{"action":"fail","hresult":"0x80004005"})");
    CHECK(object.copies->IsVolumeSupported(volumeName(), &supported) == E_FAIL);
    CHECK(supported == FALSE);
    service.on("Query", ok(R"({"snapshots":[]})") + R"(,"fault":{"action":"fail","hresult":"0x00000000"})");
    ComPtr<IVssEnumObject> list;
    CHECK(object.copies->Query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, list.put()) == S_OK);
    CHECK(list.get() == nullptr);
    // A delay counts in what PostCommit tells, although the service had long answered.
    const Events events;
    CHECK(object.sets->PreCommitSnapshots(kSet) == S_OK);
    service.on("CommitSnapshots", ok() + R"(,"fault":{"action":"delay","millis":3200})");
    const Stopwatch watch;
    CHECK(object.sets->CommitSnapshots(kSet) == S_OK);
    CHECK(watch.millis() >= 3200);
    CHECK(object.sets->PostCommitSnapshots(kSet, 1) == S_OK);
    CHECK(holds(service.last("PostCommitSnapshots"), "\"commitMillis\":3"));
    REQUIRE(events.count() == 1);
    CHECK(events.all()[0].id == GNOMON_EVENT_SLOW_COMMIT);
}

TEST_CASE("releaseIsToldAndTheLastOneEndsTheConnection") {
    FakeService service;
    Object one;
    Object two;
    CHECK(one.copies->BeginPrepareSnapshot(kSet, kCopy, volumeName(), 0) == S_OK);
    const std::int64_t first = service.last("BeginPrepareSnapshot").object;
    CHECK(two.notifications->OnLoad(nullptr) == S_OK);
    one.release();
    CHECK(service.last("Release").object == first);
    CHECK_FALSE(service.disconnected(100));
    // Another object of the process goes on with the set.
    CHECK(two.sets->EndPrepareSnapshots(kSet) == S_OK);
    two.release();
    CHECK(service.disconnected());
    CHECK(service.count("Release") == 2);
}

TEST_CASE("forcedUnloadOfAServiceThatDoesNotAnswerEndsTheConnection") {
    FakeService service;
    Object object;
    CHECK(object.copies->BeginPrepareSnapshot(kSet, kCopy, volumeName(), 0) == S_OK);
    service.hang(true);
    CHECK(object.notifications->OnUnload(TRUE) == S_OK);
    CHECK(service.disconnected());
    REQUIRE(recovers(service, object));
}

TEST_CASE("manyThreadsShareOneConnection") {
    FakeService service;
    service.on("IsVolumeSupported", ok(R"({"supported":true})"));
    service.on("Query", ok("{\"snapshots\":[" + snapshotJson(1) + "]}"));
    const Object object;
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&object, &wrong] {
            for (int k = 0; k < 60; ++k) {
                BOOL supported = FALSE;
                ComPtr<IVssEnumObject> list;
                if (object.copies->IsVolumeSupported(volumeName(), &supported) != S_OK || !supported) ++wrong;
                const HRESULT listed = object.copies->Query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, list.put());
                if (listed != S_OK || list->Skip(1) != S_OK) ++wrong;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK(service.connections() == 1);
}

}  // namespace gnomon::test

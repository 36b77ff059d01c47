// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// A service that is not there, is not the service, or does not answer: contract 2.8 and the bounds on every wait.
#include "world.h"

namespace gnomon::test {

namespace {

/** Contract 2.8, each answer within 2 s. */
void answersAsIfUnreachable(const Object& object) {
    const auto within = [](const char* what, HRESULT expected, auto&& call) {
        CAPTURE(what);
        const Stopwatch watch;
        CHECK(call() == expected);
        CHECK(watch.millis() < 2000);
    };
    BOOL flag = TRUE;
    LONG number = 7;
    VSS_ID id{};
    VARIANT value{};
    VSS_SNAPSHOT_PROP properties{};
    ComPtr<IVssEnumObject> list;
    ComPtr<IVssAsync> async;
    within("OnLoad", S_OK, [&] { return object.notifications->OnLoad(nullptr); });
    within("SetContext", S_OK, [&] { return object.copies->SetContext(0); });
    within("IsVolumeSupported", S_OK, [&] { return object.copies->IsVolumeSupported(volumeName(), &flag); });
    CHECK(flag == FALSE);
    flag = TRUE;
    within("IsVolumeSnapshotted", S_OK, [&] { return object.copies->IsVolumeSnapshotted(volumeName(), &flag, &number); });
    CHECK(flag == FALSE);
    CHECK(number == 0);
    within("Query", S_OK, [&] { return object.copies->Query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, list.put()); });
    REQUIRE(list);
    VSS_OBJECT_PROP item{};
    ULONG fetched = 1;
    CHECK(list->Next(1, &item, &fetched) == S_FALSE);
    within("GetSnapshotProperties", kNotFound, [&] { return object.copies->GetSnapshotProperties(kCopy, &properties); });
    number = 7;
    within("DeleteSnapshots", kNotFound, [&] { return object.copies->DeleteSnapshots(kCopy, VSS_OBJECT_SNAPSHOT, TRUE, &number, &id); });
    CHECK(number == 0);
    CHECK(fromWindows(id) == fromWindows(kCopy));
    within("SetSnapshotProperty", kNotFound, [&] { return object.copies->SetSnapshotProperty(kCopy, VSS_SPROPID_EXPOSED_NAME, value); });
    within("BeginPrepareSnapshot", kVeto, [&] { return object.copies->BeginPrepareSnapshot(kSet, kCopy, volumeName(), 0); });
    within("EndPrepareSnapshots", kVeto, [&] { return object.sets->EndPrepareSnapshots(kSet); });
    within("PreCommitSnapshots", kVeto, [&] { return object.sets->PreCommitSnapshots(kSet); });
    within("CommitSnapshots", kVeto, [&] { return object.sets->CommitSnapshots(kSet); });
    within("PostCommitSnapshots", kVeto, [&] { return object.sets->PostCommitSnapshots(kSet, 1); });
    within("PreFinalCommitSnapshots", kVeto, [&] { return object.sets->PreFinalCommitSnapshots(kSet); });
    within("PostFinalCommitSnapshots", kVeto, [&] { return object.sets->PostFinalCommitSnapshots(kSet); });
    within("AbortSnapshots", S_OK, [&] { return object.sets->AbortSnapshots(kSet); });
    within("RevertToSnapshot", kVeto, [&] { return object.copies->RevertToSnapshot(kCopy); });
    within("QueryRevertStatus", kVeto, [&] { return object.copies->QueryRevertStatus(volumeName(), async.put()); });
    CHECK(async.get() == nullptr);
    within("OnUnload", S_OK, [&] { return object.notifications->OnUnload(FALSE); });
    within("OnUnload, forced", S_OK, [&] { return object.notifications->OnUnload(TRUE); });
}

/** A good service, until the shim uses it again: the next test must find a closed breaker. */
void recover() {
    Object object;
    FakeService service;
    REQUIRE(recovers(service, object));
}

}  // namespace

TEST_CASE("serviceThatIsNotThere") {
    for (const Manners manners : {Manners::NoFile, Manners::DoesNotListen}) {
        CAPTURE(static_cast<int>(manners));
        const FakeService service(manners);
        answersAsIfUnreachable(Object());
    }
}

TEST_CASE("serviceThatCannotBeTrustedOrUnderstood") {
    for (const Manners manners : {Manners::WrongProof, Manners::Garbage, Manners::Oversize, Manners::Closes, Manners::Refuses,
                                  Manners::OtherProtocol, Manners::EarlyWelcome}) {
        CAPTURE(static_cast<int>(manners));
        FakeService service(manners);
        answersAsIfUnreachable(Object());
        CHECK(service.connections() > 0);
        CHECK(service.received().empty());
        CHECK(service.disconnected());
    }
}

TEST_CASE("squatterWithoutTheSecretLearnsNothingAndIsReported") {
    FakeService service(Manners::WrongProof);
    const Object object;
    const Events events;
    CHECK(object.copies->BeginPrepareSnapshot(kSet, kCopy, volumeName(), 0) == kVeto);
    REQUIRE(events.count() == 1);
    CHECK(events.all()[0].id == GNOMON_EVENT_UNTRUSTED);
    CHECK(events.all()[0].detail.find(L"secret") != std::wstring::npos);
}

TEST_CASE("serviceThatNeverFinishesItsHandshakeDoesNotHoldTheHostUp") {
    for (const Manners manners : {Manners::Silent, Manners::Stalls}) {
        CAPTURE(static_cast<int>(manners));
        {
            const FakeService service(manners);
            answersAsIfUnreachable(Object());
        }
        recover();
    }
}

TEST_CASE("fortyVolumesAskedOfAHungServiceTakeUnderFourSeconds") {
    FakeService service;
    Object object;
    service.on("IsVolumeSupported", ok(R"({"supported":true})"));
    BOOL supported = FALSE;
    REQUIRE(object.copies->IsVolumeSupported(volumeName(), &supported) == S_OK);
    REQUIRE(supported == TRUE);
    service.hang(true);
    const Stopwatch watch;
    for (int i = 0; i < 40; ++i) {
        supported = TRUE;
        CHECK(object.copies->IsVolumeSupported(volumeName(), &supported) == S_OK);
        CHECK(supported == FALSE);
    }
    MESSAGE("forty volumes: ", watch.millis(), " ms");
    CHECK(watch.millis() < 4000);
    CHECK(service.count("IsVolumeSupported") == 2);  // the good one, and the first of the forty
    answersAsIfUnreachable(object);
    // An answered Probe, not the end of thirty seconds, makes it ask again.
    const Stopwatch recovery;
    CHECK(recovers(service, object));
    CHECK(recovery.millis() < 8000);
    CHECK(service.count("Probe") > 0);
}

TEST_CASE("hungServiceIsNoticedBeforeALongCallsLimit") {
    FakeService service;
    Object object;
    REQUIRE(recovers(service, object));
    service.hang(true);
    VSS_SNAPSHOT_PROP properties{};
    const Stopwatch watch;
    CHECK(object.copies->GetSnapshotProperties(kCopy, &properties) == kNotFound);
    CHECK(watch.millis() < 2000);
    REQUIRE(recovers(service, object));
    // A slow call of a service that is alive is waited for.
    service.on("GetSnapshotProperties", [](const Received&) {
        Sleep(3000);
        return ok("{\"snapshot\":" + snapshotJson(1) + "}");
    });
    REQUIRE(object.copies->GetSnapshotProperties(kCopy, &properties) == S_OK);
    CoTaskMemFree(properties.m_pwszSnapshotDeviceObject);
    CoTaskMemFree(properties.m_pwszOriginalVolumeName);
    CoTaskMemFree(properties.m_pwszOriginatingMachine);
    CoTaskMemFree(properties.m_pwszServiceMachine);
}

TEST_CASE("serviceThatDiesIsNoticedAtOnceAndFoundAgain") {
    FakeService service;
    service.on("EndPrepareSnapshots", [&service](const Received&) {
        service.drop();
        return std::string();
    });
    Object object;
    const Stopwatch watch;
    CHECK(object.sets->EndPrepareSnapshots(kSet) == kVeto);
    CHECK(watch.millis() < 2000);
    CHECK(recovers(service, object));
    CHECK(service.connections() == 2);
}

TEST_CASE("nonsenseOfTheServiceEndsTheConnectionAndNotTheProcess") {
    FakeService service;
    Object object;
    for (const char* nonsense : {R"({"type":"reply","id":99,"hresult":"0x00000000","result":{}})", "[[[[[[[[[[", "{}", "\xFF\xFE"}) {
        CAPTURE(nonsense);
        const int before = service.connections();
        service.on("EndPrepareSnapshots", [&service, nonsense](const Received&) {
            service.sendFrame(nonsense);
            return std::string();
        });
        const Stopwatch watch;
        CHECK(object.sets->EndPrepareSnapshots(kSet) == kVeto);
        CHECK(watch.millis() < 2000);
        REQUIRE(recovers(service, object));
        CHECK(service.connections() == before + (before == 0 ? 2 : 1));
    }
    // Announced: 2 MiB. And a frame that begins and does not end, which has five seconds.
    service.on("EndPrepareSnapshots", [&service](const Received&) {
        service.sendRaw(std::string("\0\x20\0\0", 4));
        return std::string();
    });
    CHECK(object.sets->EndPrepareSnapshots(kSet) == kVeto);
    REQUIRE(recovers(service, object));
    service.on("EndPrepareSnapshots", [&service](const Received&) {
        service.sendRaw(std::string("\0\0\1\0{", 5));
        return std::string();
    });
    const Stopwatch watch;
    CHECK(object.sets->EndPrepareSnapshots(kSet) == kVeto);
    CHECK(watch.millis() < 8000);
    REQUIRE(recovers(service, object));
}

TEST_CASE("lateReplyIsIgnored") {
    FakeService service;
    Object object;
    REQUIRE(recovers(service, object));
    std::int64_t late = 0;
    service.on("IsVolumeSupported", [&late](const Received& request) {
        late = request.id;
        return std::string();
    });
    BOOL supported = TRUE;
    CHECK(object.copies->IsVolumeSupported(volumeName(), &supported) == S_OK);
    CHECK(supported == FALSE);
    service.sendFrame(R"({"type":"reply","id":)" + std::to_string(late) + R"(,"hresult":"0x00000000","result":{"supported":true}})");
    CHECK(recovers(service, object));
    CHECK(service.connections() == 1);
}

}  // namespace gnomon::test

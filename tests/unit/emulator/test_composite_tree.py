"""sObject Tree: nested records, all or nothing, told level by level."""

from typing import Any

from local.salesforce.inprocess import Api


def record(kind: str, reference: str, **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": kind, "referenceId": reference}, **fields}


def account(reference: str, **fields: Any) -> dict[str, Any]:
    return record("Account", reference, **{"Name": reference, **fields})


def contact(reference: str, **fields: Any) -> dict[str, Any]:
    return record("Contact", reference, **{"LastName": reference, **fields})


def under(*records: dict[str, Any]) -> dict[str, Any]:
    return {"records": list(records)}


def tree(api: Api, *records: dict[str, Any]) -> tuple[int, Any]:
    return api.call("POST", "composite/tree/Account", under(*records))


def failures(answer: tuple[int, Any]) -> list[tuple[str, str]]:
    status, body = answer
    assert (status, body["hasErrors"]) == (400, True)
    return [(each["referenceId"], each["errors"][0]["statusCode"]) for each in body["results"]]


def test_children_point_to_their_parents(api: Api) -> None:
    status, body = tree(
        api,
        account("ref1", Contacts=under(contact("ref2", Tasks=under(record("Task", "ref5"))),
                                       contact("ref3"))),
        account("ref4"),
    )  # fmt: skip

    ids = {each["referenceId"]: each["id"] for each in body["results"]}
    assert (status, body["hasErrors"]) == (201, False)
    assert list(ids) == ["ref1", "ref4", "ref2", "ref3", "ref5"]
    assert list(body["results"][0]) == ["referenceId", "id"]
    assert api.query("SELECT LastName, AccountId FROM Contact ORDER BY LastName") == [
        {"LastName": "ref2", "AccountId": ids["ref1"]},
        {"LastName": "ref3", "AccountId": ids["ref1"]},
    ]
    assert api.query("SELECT WhoId, AccountId FROM Task") == [
        {"WhoId": ids["ref2"], "AccountId": ids["ref1"]}
    ]


def test_one_failure_undoes_everything_and_is_told_alone(api: Api) -> None:
    status, body = tree(
        api, account("ref1", Contacts=under(contact("ref2", Email="123"), contact("ref3")))
    )

    assert status == 400
    assert body == {
        "hasErrors": True,
        "results": [
            {
                "referenceId": "ref2",
                "errors": [
                    {
                        "statusCode": "INVALID_EMAIL_ADDRESS",
                        "message": "Email: invalid email address: 123",
                        "fields": ["Email"],
                    }
                ],
            }
        ],
    }
    assert api.query("SELECT Id FROM Account") == []


def test_all_failures_of_a_level_are_told(api: Api) -> None:
    found = tree(
        api,
        account("a", Name="", Contacts=under(contact("deeper", LastName=""))),
        account("b"),
        account("c", Name=""),
    )

    assert failures(found) == [("a", "REQUIRED_FIELD_MISSING"), ("c", "REQUIRED_FIELD_MISSING")]


def test_a_reference_may_come_once(api: Api) -> None:
    status, body = tree(api, account("ref0"), account("ref1"), account("ref1"))

    assert status == 400
    assert body["results"] == [
        {
            "referenceId": "ref1",
            "errors": [
                {
                    "statusCode": "INVALID_INPUT",
                    "message": "Duplicate ReferenceId provided in the request.",
                    "fields": [],
                },
                {
                    "statusCode": "PROCESSING_HALTED",
                    "message": "Duplicate ReferenceId found: ref1",
                    "fields": [],
                },
            ],
        }
    ]


def test_types_must_be_those_of_path_and_relation(api: Api) -> None:
    assert failures(tree(api, contact("x"))) == [("x", "INVALID_INPUT")]
    assert failures(tree(api, record("Nope", "x"))) == [("x", "INVALID_INPUT")]
    assert failures(tree(api, account("a", Contacts=under(account("x"))))) == [
        ("x", "INVALID_INPUT")
    ]
    assert failures(tree(api, account(""))) == [("", "INVALID_INPUT")]


def test_200_records_in_five_levels_at_most(api: Api) -> None:
    many = [account(f"r{at}") for at in range(201)]
    nested = account("l6")
    for level in range(5, 0, -1):
        nested = account(f"l{level}", ChildAccounts=under(nested))

    assert failures(tree(api, *many)) == [("r200", "INVALID_INPUT")]
    assert failures(tree(api, nested)) == [("l6", "INVALID_INPUT")]
    assert tree(api, nested["ChildAccounts"]["records"][0])[0] == 201
    assert tree(api, *many[:200])[0] == 201


def test_a_wrong_json_type_or_form_is_a_list(api: Api) -> None:
    status, wrong = tree(api, account("a", NumberOfEmployees=[1]))
    _, missing = api.call("POST", "composite/tree/Account", {})
    unknown, _ = api.call("POST", "composite/tree/Nope", under())

    assert (status, wrong[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert missing[0]["message"] == "'records' is a required field."
    assert unknown == 404
    assert api.query("SELECT Id FROM Account") == []


def test_the_whole_costs_one_call(api: Api) -> None:
    tree(api, *(account(f"r{at}") for at in range(100)))

    assert api.org.requests_used == 1

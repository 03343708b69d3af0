"""What a checking field must do. The classes are made in the tests, so that a starter can be collected."""

import pytest
from validated_field import Number


def order_item():
    """A class with two fields, one bounded on one side and one on both."""

    class OrderItem:
        quantity = Number(minimum=1)
        discount = Number(minimum=0, maximum=50)

        def __init__(self, quantity, discount=0):
            self.quantity = quantity
            self.discount = discount

    return OrderItem


def test_a_field_gives_back_what_was_assigned():
    item = order_item()(3, 12.5)
    assert (item.quantity, item.discount) == (3, 12.5)


def test_each_instance_has_its_own_value():
    make = order_item()
    first, second = make(1), make(2)
    assert (first.quantity, second.quantity) == (1, 2)


def test_two_fields_of_a_class_do_not_mix():
    item = order_item()(3, 10)
    item.discount = 20
    assert item.quantity == 3


def test_two_classes_may_use_one_name_with_other_bounds():
    class Cart:
        quantity = Number(minimum=0, maximum=5)

    item, cart = order_item()(9), Cart()
    cart.quantity = 0
    assert (item.quantity, cart.quantity) == (9, 0)


def test_the_bounds_are_included():
    item = order_item()(1, 50)
    item.discount = 0
    assert (item.quantity, item.discount) == (1, 0)


@pytest.mark.parametrize(("field", "value"), [("quantity", 0), ("discount", -1), ("discount", 50.5)])
def test_a_value_out_of_bounds_is_refused_by_name(field, value):
    item = order_item()(1)
    with pytest.raises(ValueError, match=field):
        setattr(item, field, value)


@pytest.mark.parametrize("value", ["3", None, [3], True])
def test_what_is_no_number_is_refused_by_name(value):
    item = order_item()(1)
    with pytest.raises(TypeError, match="quantity"):
        item.quantity = value


def test_a_refused_value_leaves_the_old_one():
    item = order_item()(4)
    with pytest.raises(ValueError, match="quantity"):
        item.quantity = 0
    assert item.quantity == 4


def test_the_constructor_is_checked_too():
    with pytest.raises(ValueError, match="discount"):
        order_item()(1, 99)


def test_a_field_without_bounds_takes_any_number():
    class Reading:
        value = Number()

    reading = Reading()
    reading.value = -1e9
    assert reading.value == -1e9


def test_a_field_that_was_never_set_is_a_missing_attribute():
    item = order_item().__new__(order_item())
    with pytest.raises(AttributeError, match="quantity"):
        item.quantity  # noqa: B018
    assert not hasattr(item, "discount")


def test_the_field_itself_is_reached_through_the_class():
    make = order_item()
    assert isinstance(make.discount, Number)
    assert make.discount.maximum == 50


def test_the_instance_s_dict_cannot_go_behind_the_field():
    item = order_item()(1)
    item.__dict__["discount"] = 7
    item.discount = 8
    assert item.discount == 8


def test_an_instance_that_is_gone_leaves_nothing_behind():
    import gc
    import weakref

    make = order_item()
    item = make(1)
    gone = weakref.ref(item)
    del item
    gc.collect()
    assert gone() is None
